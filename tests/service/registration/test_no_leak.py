"""Registration tells nobody whether a TIN exists, is managed, or by whom (domain.md §2, threats 26 and 40)."""

import hashlib
import re
from collections.abc import Callable

import pytest

from registration.directory.imports import Row
from shared.crypto import BlindIndex
from tests.service.registration.house import House, Visitor

UNKNOWN, MANAGED, UNMANAGED, NON_CONTRACTED = "12-3456780", "12-3456781", "12-3456782", "12-3456783"
TINS = {"unknown": UNKNOWN, "managed": MANAGED, "unmanaged": UNMANAGED, "non-contracted": NON_CONTRACTED}
_CHANGES = re.compile(
    r'name="csrf_token" value="[^"]+"|[0-9A-Z]{4}-[0-9A-Z]{4}|app_\w+|•••••678\d|acc_\d|req_\w+|ticket=\w+'
)


def street(house: House) -> None:
    """Three practices in the directory; the first has two managers."""
    house.directory(
        Row("123456781", "Managed Practice", "(202) 555-0101", True, True, organization_id="org_managed"),
        Row("123456782", "Unmanaged Practice", "(202) 555-0102", True, True, organization_id="org_unmanaged"),
        Row("123456783", "Stranger Practice", "(202) 555-0103", False, False),
    )
    house.hear(
        "access-manager",
        "manager.changed",
        "org_managed",
        4,
        organization_id="org_managed",
        managers=["a", "b"],
        count=2,
    )


def journey(house: House, tin: str, number: int) -> list[tuple[int, str, str]]:
    """Everything a browser sees from the first question to the last page: status, headers' names, body."""
    seen: list[tuple[int, str, str]] = []
    person = house.visitor()
    original: Callable[..., None] = person._read

    def read() -> None:
        original()
        names = ",".join(sorted(name.lower() for name in person.answer.headers if name.lower() != "content-length"))
        seen.append((person.answer.status_code, names, _CHANGES.sub("…", person.answer.text)))

    person._read = read  # type: ignore[method-assign]
    house.apply(person, tin=tin, email="casey@practice.example", mobile=f"202 555 01{number}")
    house.submit(person)
    return seen


def test_the_same_pages_whatever_the_tin_is(house: House) -> None:
    """Unknown, managed, unmanaged, refused: the same statuses, headers and words, page by page, to the very end."""
    street(house)
    seen = {name: journey(house, tin, 40 + n) for n, (name, tin) in enumerate(TINS.items())}
    first = [(status, names, re.sub(r"555 01\d\d|•••01\d\d", "…", body)) for status, names, body in seen["unknown"]]
    for name, pages in seen.items():
        told = [(status, names, re.sub(r"555 01\d\d|•••01\d\d", "…", body)) for status, names, body in pages]
        assert told == first, name
    routes = [row.route for row in house.rows("SELECT route FROM applications ORDER BY created_at, id")]
    assert routes == ["vetting", "managers", "vetting", "refused"]


def status_page(house: House, person: Visitor, application_id: str) -> str:
    """What the applicant reads after signing in."""
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    person.open("/register/status")
    return _CHANGES.sub("…", person.text)


def test_the_status_page_does_not_tell_either(house: House) -> None:
    """Who decides is named by role, in the same words for a managed, an unmanaged and an unknown TIN."""
    street(house)
    texts = set()
    for number, tin in enumerate((UNKNOWN, MANAGED, UNMANAGED)):
        person = house.apply(tin=tin, mobile=f"202 555 01{50 + number}")
        texts.add(status_page(house, house.visitor(), house.submit(person)))
    (text,) = texts
    assert "An access manager of your organization, or our support desk where there is none" in text
    assert "Monday, December 7, 2026 at 5:00 p.m. Eastern" in text
    assert "Managed Practice" not in text


def test_the_refusal_is_read_only_after_signing_in(house: House) -> None:
    """Non-contracted without a claim: the reason waits on the status page, the mail says only that there is one."""
    street(house)
    application_id = house.submit(house.apply(tin=NON_CONTRACTED))
    assert "has not submitted a claim yet" in status_page(house, house.visitor(), application_id)
    mails = house.messages("casey@practice.example")
    assert any("it was not approved" in mail for mail in mails)
    assert not any("claim" in mail for mail in mails)


def test_no_look_up_happens_before_submission(house: House) -> None:
    """The question about the organization is answered without asking the directory, so its time tells nothing."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("registration.directory.models.entry_of", None)
        patch.setattr("registration.directory.models.organization_of", None)
        house.answer_organization(person, MANAGED, "Harbor")
    assert person.address.endswith("/register/contact")


def test_a_tin_is_nowhere_but_in_its_box(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """After the whole journey no table, event, message, address or log line holds the nine digits."""
    street(house)
    person = house.apply(tin=MANAGED)
    application_id = house.submit(person)
    status_page(house, person, application_id)
    tables = [row.name for row in house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    dump = "\n".join(str(tuple(row)) for name in tables for row in house.rows(f"SELECT * FROM {name}"))
    log = capsys.readouterr()
    everything = "\n".join([dump, "\n".join(person.visited), "\n".join(house.street.asked), log.out, log.err])
    for form in ("123456781", "12-3456781"):
        assert form not in everything
    assert "123456781" not in person.answer.text


def test_the_index_needs_the_key(house: House) -> None:
    """A dump cannot be searched by TIN: neither a plain hash nor another key finds the row."""

    street(house)
    stored = {row.tin_index for row in house.rows("SELECT tin_index FROM directory_entries")}
    guesses = {
        hashlib.sha256(b"123456781").hexdigest(),
        BlindIndex(b"another key of thirty-two bytes!").of("123456781"),
    }
    assert not stored & guesses
