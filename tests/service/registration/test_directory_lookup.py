"""The payer's directory asked over HTTP: what is asked, what is kept, and that nothing it does can stop anybody."""

import json
import time
from collections.abc import Iterator

import pytest
import structlog
from pydantic import SecretStr, ValidationError

from registration.directory import lookup, service
from registration.directory.vault import TinVault
from registration.settings import RegistrationSettings
from tests.service.registration.house import House, Visitor
from tests.service.registration.test_no_leak import Meter
from tests.support import nppes
from tests.support.payer import Payer, payer

TIN, OTHER = "123456789", "987654321"
HARBOR = {
    "name": "Harbor Family Practice",
    "phone": "(202) 555-0111",
    "contracted": True,
    "claim_submitted": False,
    "npis": [nppes.npi(1), nppes.npi(2)],
    "address": ["1 Main St", "Dover, DE 19901"],
    "domain": "harbor.example",
}


@pytest.fixture
def door(house: House) -> Iterator[Payer]:
    """The payer, at the address that the settings name."""
    with payer() as known:
        told = {"directory_url": known.url, "directory_token": SecretStr("payer-secret")}
        house.context.settings = house.context.settings.model_copy(update=told)
        yield known


def refresh(house: House, *tins: str) -> list[dict[str, object]]:
    """Look TINs up; return what was logged."""
    vault = house.context.part(TinVault)
    with structlog.testing.capture_logs() as logs:
        lookup.refresh(house.context, [vault.seal(tin).box for tin in tins])
    return [dict(each) for each in logs]


def entries(house: House) -> list[tuple[object, ...]]:
    """What the directory has."""
    return [tuple(row) for row in house.rows("SELECT name, phone, contracted, domain FROM directory_entries")]


def test_an_answer_is_kept_like_a_line_of_the_roster(house: House, door: Payer) -> None:
    """All TINs in one request, and what the payer says of them counts at once."""
    door.entries[TIN] = HARBOR
    assert refresh(house, TIN, OTHER, TIN) == []
    with house.context.reading() as session:
        index = house.context.part(TinVault).index(TIN)
        assert service.npis_of(session, [index])[index] == {nppes.npi(1), nppes.npi(2)}
    (row,) = house.rows("SELECT * FROM directory_entries")
    assert (row.tin_index, row.name, row.address) == (index, "Harbor Family Practice", "1 Main St\nDover, DE 19901")
    assert (row.contracted, row.claim_submitted, row.domain) == (1, 0, "harbor.example")
    door.entries[TIN] = {**HARBOR, "name": "Harbor Clinic"}
    refresh(house, TIN)
    assert entries(house) == [("Harbor Clinic", "(202) 555-0111", 1, "harbor.example")]


def test_a_tin_travels_in_the_body_alone(house: House, door: Payer) -> None:
    """N4: no address, no header, no log has it; the token is a bearer token, and is not logged either."""
    door.answers = lambda: (500, b"no")
    logs = refresh(house, TIN)
    ((path, headers, body),) = door.asked
    assert body == {"tins": [TIN]}
    assert (path, headers["authorization"]) == ("/directory", "Bearer payer-secret")
    assert TIN not in path + json.dumps(headers) + json.dumps(logs) and "payer-secret" not in json.dumps(logs)


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, b""),
        (401, b"{}"),
        (307, b""),
        (200, b"not json"),
        (200, b"\xff\xfe\x00"),
        (200, b"[]"),
        (200, b'{"entries": {}}'),
        (200, b'{"entries": ["123456789"]}'),
        (200, b'{"entries": [{"tin": "123456789", "npis": 7}]}'),
        (200, b'{"entries": [{"tin": "123456789", "contracted": []}]}'),
        (200, b'{"entries": [' + b" " * (1 << 20) + b"]}"),
        (200, b"[" * 200_000),
    ],
)
def test_no_answer_stops_anybody(house: House, door: Payer, status: int, content: bytes) -> None:
    """It is logged by its kind, and the directory stays as it was; a redirect takes the TIN nowhere."""
    door.entries[TIN] = HARBOR
    refresh(house, TIN)
    before = entries(house)
    door.answers = lambda: (status, content)
    (logged,) = refresh(house, TIN)
    assert logged["event"] == "directory.lookup_failed"
    assert entries(house) == before
    assert [path for path, _, _ in door.asked] == ["/directory"] * 2


def test_a_payer_that_is_away_or_slow_is_not_waited_for(house: House, door: Payer) -> None:
    """Bounded, also where bytes keep coming one by one."""
    began = time.monotonic()
    door.entries[TIN], door.drips = HARBOR, 0.2
    assert refresh(house, TIN)[0]["event"] == "directory.lookup_failed"
    assert time.monotonic() - began < 5
    away = {"directory_url": "http://127.0.0.1:9"}
    house.context.settings = house.context.settings.model_copy(update=away)
    assert refresh(house, TIN)[0]["event"] == "directory.lookup_failed"
    assert entries(house) == []


@pytest.mark.parametrize(
    "entry",
    [
        {**HARBOR, "tin": OTHER},
        {**HARBOR, "tin": TIN, "name": ""},
        {**HARBOR, "tin": TIN, "name": "12-3456789"},
        {**HARBOR, "tin": TIN, "npis": ["1234567890"]},
        {**HARBOR, "tin": TIN, "contracted": "perhaps"},
    ],
)
def test_an_entry_that_is_wrong_or_was_not_asked_for_is_left_out(
    house: House, door: Payer, entry: dict[str, object]
) -> None:
    """The others of the same answer are kept, and the log says how many were not."""
    good = {**HARBOR, "tin": "111222333"}
    door.answers = lambda: (200, json.dumps({"entries": [entry, good]}).encode())
    (logged,) = refresh(house, TIN, "111222333")
    assert (logged["event"], logged["entries"]) == ("directory.lookup_left_out", 1)
    assert len(entries(house)) == 1


def test_an_answer_links_no_organization_of_the_suite(house: House, door: Payer) -> None:
    """Threat: who answers for the payer's directory must not move a TIN to an organization of its choice."""
    door.entries[TIN] = {**HARBOR, "organization_id": "org_mine"}
    refresh(house, TIN)
    assert len(entries(house)) == 1
    assert house.rows("SELECT * FROM organizations") == []


def test_the_payer_is_asked_when_the_answer_is_there(house: House, door: Payer) -> None:
    """M19, threat 26: neither how long the payer takes nor what there is to keep is part of the answer's time."""
    door.entries[TIN] = HARBOR
    meter = Meter(house, beside=lambda: len(door.asked))
    seen = []
    for number, tin in enumerate((TIN, OTHER)):
        person = Visitor(meter)
        house.apply(person, tin=tin, email=f"casey{number}@practice.example", mobile=f"202 555 016{number}")
        meter.answers.clear()
        person.press("Choose user ID and password")
        seen.append([(method, asked, beside - number) for method, asked, beside in meter.answers])
        person.close()
    assert seen[0] == seen[1]
    assert seen[0][0][2] == 0, "not asked before the answer"
    assert len(door.asked) == 2
    assert entries(house) == [("Harbor Family Practice", "(202) 555-0111", 1, "harbor.example")]


def test_without_an_address_nobody_is_asked(house: House) -> None:
    """Imports alone tell the directory."""
    assert refresh(house, TIN) == []


@pytest.mark.parametrize("url", ["http://payer.example/", "https://payer.example/?tin=", "ftp://x", "https://a#b"])
def test_the_address_must_keep_a_secret(house: House, url: str) -> None:
    """TINs and the token do not travel in clear over a network, and an address has no query."""
    known = house.context.settings.model_dump()
    with pytest.raises(ValidationError):
        RegistrationSettings.model_validate({**known, "directory_url": url})
    RegistrationSettings.model_validate({**known, "directory_url": "https://payer.example/directory"})
