"""Somebody whom an app sent to open an account goes back to it afterwards (E26, OIDC prompt=create)."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from registration.app import SERVICE
from shared.db import open_database
from shared.db.migrate import migrate
from tests.service.registration.house import House, Visitor

BACK = "/oauth/authorize?client_id=portal&state=s%26t&scope=openid+profile&gatehouse_since=1795359600"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/path",
    "/\\evil.example",
    "/a\nb",
    "javascript:alert(1)",
    "oauth/authorize",
    "/" + "a" * 2000,
    "/é",
]


def sent_by_an_app(house: House, back: str = BACK, language: str = "en") -> Visitor:
    """Somebody at the first page of registration, with a way back in its address."""
    person = house.visitor(language)
    person.open(f"/register?back={quote(back, safe='')}")
    return person


def kept(house: House) -> list[Any]:
    """The ways back in the drafts."""
    return [row.back for row in house.rows("SELECT back FROM applications")]


def test_e26_who_has_an_account_goes_straight_on(house: House) -> None:
    """The link "Sign in" leads back to the same request, sign-in comes there."""
    assert sent_by_an_app(house).leads_to("Sign in").endswith(BACK)


def test_e26_without_a_way_back_everything_is_as_ever(house: House) -> None:
    """Whoever comes by themselves signs in at the portal, and is told where the application stands."""
    person = house.visitor()
    person.open("/register")
    assert person.leads_to("Sign in").endswith("/login")
    house.submit(house.apply(person))
    assert "where you came from" not in person.text
    assert person.leads_to("See where it stands").endswith("/register/status")
    assert kept(house) == [None]


def test_e26_the_draft_carries_it_through_every_page(house: House) -> None:
    """Kept with the answers, not in the addresses; the last page offers to go on, and still says how it stands."""
    person = sent_by_an_app(house)
    person.press("Start")
    assert kept(house) == [BACK]
    person.choose("Representative")
    person.press("Continue")
    assert "oauth" not in person.address
    house.answer_organization(person, "12-3456789", "Harbor Family Practice")
    person.fill("Full name", "Casey Coordinator")
    person.fill("E-mail address", "casey@practice.example")
    person.fill("Mobile number", "202 555 0143")
    person.press("Continue")
    house.prove(person, "casey@practice.example", "+12025550143")
    person.choose("Billing")
    person.press("Continue")
    house.submit(person)
    assert "What you may do there depends on the decision" in person.text
    assert person.leads_to("Go on and sign in").endswith(BACK)
    assert person.leads_to("See where it stands").endswith("/register/status")


@pytest.mark.parametrize("back", ELSEWHERE)
def test_attack_25_nobody_is_led_to_another_origin(house: House, back: str) -> None:
    """Anything but a plain path here is dropped, in the page and in the form that begins."""
    person = sent_by_an_app(house, back)
    assert person.leads_to("Sign in").endswith("/login")
    person.post("/register", {"back": back})
    assert kept(house) == [None]


def test_attack_34_the_way_back_is_text_in_the_page(house: House) -> None:
    """What it holds is no markup: it comes out as it went in, once."""
    odd = '/oauth/authorize?state="><script>alert(1)</script>'
    person = sent_by_an_app(house, odd)
    assert "<script>alert" not in person.answer.text
    person.press("Start")
    assert kept(house) == [odd]


def test_the_words_are_there_in_spanish(house: House) -> None:
    """As everything that people read."""
    person = sent_by_an_app(house, language="es")
    assert person.leads_to("Iniciar sesión").endswith(BACK)


def test_what_was_known_before_is_filled_in(tmp_path: Path) -> None:
    """The migration gives each organization the sealed TIN of the directory, or else of an application."""
    database = open_database(f"sqlite:///{tmp_path / 'older.db'}")
    older = shutil.copytree(SERVICE.migrations, tmp_path / "older", ignore=shutil.ignore_patterns("000[2-9]*", "001*"))
    migrate(database, older)
    with database.transaction() as session:
        run = session.connection().exec_driver_sql
        run("INSERT INTO directory_entries VALUES ('d1', 'i1', 'box-d', NULL, 'A', '', 1, 1, '2026-11-22')")
        for name, index in (("org_a", "'i1'"), ("org_b", "'i2'"), ("org_c", "NULL")):
            run(f"INSERT INTO organizations VALUES ('{name}', {index}, '', 1, 0, 0, 0, NULL)")
        columns = "id, number, state, version, language, tin_box, tin_index, created_at, touched_at"
        for name in ("a1", "a2"):
            values = f"'{name}', '{name}', 'denied', 1, 'en', 'box-{name}', 'i2', '2026-11-22', '2026-11-22'"
            run(f"INSERT INTO applications ({columns}) VALUES ({values})")
    migrate(database, SERVICE.migrations)
    with database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT id, tin_box FROM organizations ORDER BY id").all()
    assert [tuple(row) for row in rows] == [("org_a", "box-d"), ("org_b", "box-a1"), ("org_c", None)]
    database.close()
