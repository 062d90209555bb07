"""The letter about a browser nobody knew, and its link "that was not me" (D2, ASVS 6.3.5, threat 33)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.service.identity.address_book import SECOND, add
from tests.service.identity.browsers import (
    FIREFOX,
    LISBON,
    at,
    codes_sent,
    known_at,
    letters,
    placed,
    sign_in,
)
from tests.service.identity.world import PAT, World, type_code
from tests.support.pages import PageVisitor

NEW, TRIED = "A new sign-in to your account", "Somebody tried to sign in to your account"
BUTTON = "It was not me. Protect my account"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity that knows places."""
    made = placed(tmp_path)
    yield made
    made.close()


@pytest.fixture
def people(world: World) -> Sequence[str]:
    """Pat has an account and has signed in before."""
    found = world.seed(PAT)
    known_at(world, PAT)
    return found


@pytest.fixture
def thief(world: World, people: Sequence[str]) -> PageVisitor:
    """Somebody in the same office knows Pat's password."""
    return sign_in(at(world, agent=FIREFOX), PAT)


def told(world: World, minutes: int = 6) -> None:
    """Let the letter be written."""
    world.clock.advance(timedelta(minutes=minutes))
    world.run_jobs()


def link(world: World, subject: str = NEW) -> str:
    """The link in the newest letter."""
    found = re.search(r"https?://\S+/recover/not-me\?token=\S+", letters(world, subject)[-1].body)
    assert found is not None
    return found.group()


def test_the_letter_waits_five_minutes(world: World, thief: PageVisitor) -> None:
    """ASVS 6.3.5: the owner is told; not at once, so that the letter tells of what happened together, and only once."""
    told(world, minutes=4)
    assert letters(world, NEW) == []
    told(world, minutes=2)
    told(world)
    (letter,) = letters(world, NEW)
    assert letter.recipient == PAT.email
    assert "Firefox on Linux, Columbus, Ohio, address 192.0.2.10" in letter.body
    assert "This browser has not been used for this account before." in letter.body


def test_an_address_in_quarantine_hears_of_it_and_gets_no_link(world: World, thief: PageVisitor) -> None:
    """C5: who added an address a moment ago must not be able to throw the owner out by it."""
    add(world, thief)
    told(world)
    by_address = {letter.recipient: letter.body for letter in letters(world, NEW)}
    assert set(by_address) == {PAT.email, SECOND}
    assert "/recover/not-me" in by_address[PAT.email] and "/recover/not-me" not in by_address[SECOND]


def test_one_letter_tells_of_all_attempts(world: World, people: Sequence[str]) -> None:
    """Capability D2: grouped; each attempt says what became of it."""
    half = sign_in(at(world, LISBON, FIREFOX), PAT)
    world.clock.advance(timedelta(minutes=2))
    sign_in(at(world, agent=FIREFOX), PAT)
    told(world)
    (letter,) = letters(world, NEW)
    assert "typed your password, and did not finish the next step: Firefox on Linux, Lisbon" in letter.body
    assert "signed in: Firefox on Linux, Columbus, Ohio" in letter.body
    assert half.address.endswith("/login/verify")


def test_a_try_that_ended_at_the_check_has_its_own_subject(world: World, people: Sequence[str]) -> None:
    """Experience §1: two texts: the password passed and the next step failed, or fully signed in."""
    sign_in(at(world, LISBON, FIREFOX), PAT)
    told(world)
    assert (len(letters(world, TRIED)), letters(world, NEW)) == (1, [])


def test_a_check_that_was_passed_is_told_as_signed_in(world: World, people: Sequence[str]) -> None:
    """Within the five minutes the letter knows better."""
    abroad = sign_in(at(world, LISBON, FIREFOX), PAT)
    type_code(abroad, codes_sent(world)[-1])
    told(world)
    assert "signed in: Firefox on Linux, Lisbon" in letters(world, NEW)[0].body


def test_opening_the_link_changes_nothing(world: World, thief: PageVisitor) -> None:
    """Threat 33: a mail scanner follows it, with GET and with HEAD, as often as it likes."""
    told(world)
    before = world.audited()
    scanner = at(world)
    for _ in range(3):
        scanner.open(link(world))
        assert scanner._http.head(link(world)).status_code == 200
    assert "Firefox on Linux" in scanner.text
    assert world.audited() == before
    thief.open("/account/devices")
    assert thief.address.endswith("/account/devices")


def test_confirming_ends_the_session_without_a_sign_in(world: World, people: Sequence[str], thief: PageVisitor) -> None:
    """Capability D2: the session is dead, the password opens nothing, the browser is unknown, the owner is told."""
    told(world)
    owner = at(world)
    owner.open(link(world))
    owner.press(BUTTON)
    assert "Your account is protected" in owner.text
    thief.open("/account")
    assert "/login" in thief.address
    assert ("account.reset_required", people[0]) in world.audited()
    assert ("device.forgotten", people[0]) in world.audited()
    assert len(letters(world, "Your account was signed out everywhere")) == 1
    sign_in(thief, PAT)
    thief.open("/account/devices")
    assert not thief.address.endswith("/account/devices")


def test_the_stranger_cannot_choose_the_new_password(world: World, thief: PageVisitor) -> None:
    """The old password leads to a code in the owner's mailbox, not to the page of a new password."""
    told(world)
    owner = at(world)
    owner.open(link(world))
    owner.press(BUTTON)
    sign_in(thief, PAT)
    assert "/login/renew" not in thief.address
    thief.open("/login/renew")
    assert "/login/renew" not in thief.address


def test_the_link_works_once(world: World, thief: PageVisitor) -> None:
    """Capability D2: it cannot be replayed, by nobody."""
    told(world)
    first, second = at(world), at(world)
    for browser in (first, second):
        browser.open(link(world))
    for browser in (first, second):
        browser.press(BUTTON)
    assert (first.answer.status_code, second.answer.status_code) == (200, 410)
    assert [action for action, _ in world.audited()].count("sign_in.disowned") == 1
    first.open(link(world))
    assert first.answer.status_code == 410


def test_the_link_works_for_ten_days(world: World, thief: PageVisitor) -> None:
    """Experience §1.2: a disavowal link lives ten days."""
    told(world)
    address, owner = link(world), at(world)
    world.clock.advance(timedelta(days=9, hours=23))
    owner.open(address)
    assert owner.answer.status_code == 200
    world.clock.advance(timedelta(hours=2))
    owner.press(BUTTON)
    assert owner.answer.status_code == 410


@pytest.mark.parametrize("token", ["", "made-up", "x" * 5000])
def test_a_made_up_link_says_only_that_it_is_over(world: World, token: str) -> None:
    """Unknown, used and old look alike."""
    browser = at(world)
    browser.open(f"/recover/not-me?token={token}")
    assert browser.answer.status_code == 410
    assert "This link has been used or is too old" in browser.text


def test_the_link_leads_to_our_own_address(world: World, people: Sequence[str]) -> None:
    """Threat 33: whatever Host a request names, the letter names the public origin; the token is kept as a hash."""
    forged = at(world, agent=FIREFOX)
    forged._http.headers["X-Forwarded-Host"] = "evil.example"
    sign_in(forged, PAT)
    told(world)
    assert link(world).startswith(f"{world.origin}/recover/not-me?token=")
    token = link(world).partition("token=")[2]
    kept = [mail for mail in world.mails() if token in mail.body]
    assert len(kept) == 1
    assert token not in str(world.audited())


def test_the_page_tells_no_other_site_where_it_is(world: World, thief: PageVisitor) -> None:
    """Threat 33: the token does not leave by a Referer, and no cache keeps the page."""
    told(world)
    answer = httpx.Client(transport=httpx.WSGITransport(app=world.app), base_url=world.origin).get(link(world))
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_letter_speaks_the_persons_language(tmp_path: Path) -> None:
    """In Spanish for somebody who reads Spanish, reasons and browser included."""
    world = placed(tmp_path)
    ana = replace(PAT, user_id="ana.first", language="es")
    world.seed(ana)
    known_at(world, ana)
    sign_in(at(world, agent=FIREFOX), ana)
    told(world)
    (letter,) = letters(world, "Un nuevo inicio de sesión en su cuenta")
    assert "Firefox en Linux" in letter.body
    assert "Este navegador no se había usado antes con esta cuenta." in letter.body
    world.close()
