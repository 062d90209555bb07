"""Registration tells nobody whether a TIN exists, is managed, or by whom (M19; domain.md §2, threats 26 and 40)."""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from registration import housekeeping
from registration.directory.imports import Row
from shared.crypto import BlindIndex
from tests.service.registration.house import House, Visitor
from tests.service.registration.news import decided

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
    """M19: unknown, managed, unmanaged, refused: the same statuses, headers and words, page by page to the end."""
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
    """M19, F1: Who decides is named by role, in the same words for a managed, an unmanaged and an unknown TIN."""
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
    """F6: Non-contracted without a claim: the reason waits on the status page, the mail says only that there is one."""
    street(house)
    application_id = house.submit(house.apply(tin=NON_CONTRACTED))
    assert "has not submitted a claim yet" in status_page(house, house.visitor(), application_id)
    mails = house.messages("casey@practice.example")
    assert any("it was not approved" in mail for mail in mails)
    assert not any("claim" in mail for mail in mails)


def test_no_look_up_happens_before_submission(house: House) -> None:
    """M19: The question about the organization is answered without asking the directory, so its time tells nothing."""
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


class Meter:
    """The way to registration, which counts what its database is asked until the whole answer is there.

    `beside` tells what else there is to count at that moment.
    """

    def __init__(self, house: House, beside: Callable[[], int] = lambda: 0) -> None:
        self._origin, self._asked, self._beside = house.origin, 0, beside
        self.answers: list[tuple[str, int, int]] = []
        event.listen(house.context.database.engine, "before_cursor_execute", self._count)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        self._asked = 0
        body = self._origin(environ, start)
        yield b"".join(body)
        self.answers.append((environ["REQUEST_METHOD"], self._asked, self._beside()))
        close = getattr(body, "close", None)
        if close is not None:
            close()

    def _count(self, *_args: object) -> None:
        self._asked += 1


def test_handing_in_takes_the_same_work_whatever_the_tin_is(house: House) -> None:
    """M19, threat 26, time: until the answer is there the database is asked as much for a managed as for an unmanaged,
    an unknown and a refused TIN; whose turn it is is found out after that.
    """
    street(house)
    meter = Meter(house)
    seen = {}
    for number, (name, tin) in enumerate(TINS.items()):
        person = Visitor(meter)
        house.apply(person, tin=tin, email=f"casey{number}@practice.example", mobile=f"202 555 016{number}")
        meter.answers.clear()
        house.submit(person)
        seen[name] = list(meter.answers)
        person.close()
    assert len({str(each) for each in seen.values()}) == 1, seen
    routes = [row.route for row in house.rows("SELECT route FROM applications ORDER BY created_at, id")]
    assert routes == ["vetting", "managers", "vetting", "refused"]


def test_a_request_that_nobody_passed_on_is_passed_on_by_the_worker(house: House) -> None:
    """The process died after its answer: a minute later the request is where it belongs, once."""
    street(house)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("registration.submission.later.service.route", lambda *_args: False)
        house.submit(house.apply(tin=UNMANAGED))
    assert [row.state for row in house.rows("SELECT state FROM applications")] == ["submitted"]
    assert [housekeeping.route_waiting(house.context) for _ in range(2)] == [1, 0]
    assert [row.state for row in house.rows("SELECT state FROM vetting_cases")] == ["open"]
    assert len(house.published("user.registered")) == 1


def test_n4_after_the_whole_journey_no_tin_no_code_and_no_password_is_anywhere(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """N4: in no table, event, audit, mail, address, call or log line; a code stands in its own message only."""
    street(house)
    person = house.apply(tin=MANAGED)
    application_id = house.submit(person)
    account_id = house.street.account_of(application_id)
    status_page(house, person, application_id)
    house.wait(timedelta(days=16))
    for job in housekeeping.JOBS:
        job.run(house.context)
    decided(house, application_id, account_id, "denied", organization_id="org_managed")
    person.open("/register/status")
    person.press("Apply again")
    house.apply(tin=None, mobile="202 555 0144", email="other@practice.example")
    house.submit(house.apply(tin=UNMANAGED, mobile="202 555 0145", email="third@practice.example"))
    codes = {row.body for row in house.rows("SELECT body FROM notices") if "6-digit code" in row.body}
    sent = {found for body in codes for found in re.findall(r"\b[0-9]{6}\b", body)}
    assert len(codes) >= 3
    everything = remains(house, [*person.visited, *house.street.asked], capsys)
    for tin in ("123456781", "123456782"):
        assert tin not in everything
        assert f"{tin[:2]}-{tin[2:]}" not in everything
        assert tin not in person.answer.text
    assert {code for code in sent if re.search(rf"(?<![0-9a-z]){code}(?![0-9a-z])", everything)} == set()


def remains(house: House, addresses: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """All that stays of a journey: tables (of notices only those that carry no code), addresses, log lines."""
    tables = [row.name for row in house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [row for name in tables if name != "notices" for row in house.rows(f"SELECT * FROM {name}")]
    letters = [row for row in house.rows("SELECT * FROM notices") if "is your" not in row.body + row.subject]
    log = capsys.readouterr()
    return "\n".join([*(str(tuple(row)) for row in (*rows, *letters)), *addresses, log.out, log.err])


def test_the_index_needs_the_key(house: House) -> None:
    """A dump cannot be searched by TIN: neither a plain hash nor another key finds the row."""

    street(house)
    stored = {row.tin_index for row in house.rows("SELECT tin_index FROM directory_entries")}
    guesses = {
        hashlib.sha256(b"123456781").hexdigest(),
        BlindIndex(b"another key of thirty-two bytes!").of("123456781"),
    }
    assert not stored & guesses
