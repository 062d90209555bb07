"""Signing in from where nobody expected it: what is asked and told, to whom, in which words (D1, D4, threat 52)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from identity.policies import service as policies
from identity.risk.reasons import SENTENCES
from tests.service.identity.address_book import add, at_contacts
from tests.service.identity.browsers import (
    CHROME_NEXT,
    FIREFOX,
    LISBON,
    OFFICE,
    UNPLACED,
    at,
    codes_sent,
    known_at,
    letters,
    placed,
    same_browser,
    sign_in,
    sign_ins,
    sign_out,
)
from tests.service.identity.world import MEG, PASSWORD, PAT, World, type_code, type_password

ENTERED = "/account"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity that knows places; Pat signs in with a password alone."""
    made = placed(tmp_path)
    made.seed(PAT)
    yield made
    made.close()


def test_the_first_sign_in_ever_is_let_in(world: World) -> None:
    """There is nothing to compare it with: no challenge, no letter."""
    pat = sign_in(at(world, LISBON, FIREFOX), PAT)
    assert "/login/verify" not in pat.address
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    assert letters(world, "A new sign-in to your account") == []


def test_same_device_and_address_are_asked_nothing(world: World) -> None:
    """Capability D1: no challenge, no reason, no letter; a newer version of the same browser is the same browser."""
    pat = known_at(world, PAT)
    world.clock.advance(timedelta(hours=3))
    again = sign_in(same_browser(world, pat, OFFICE, CHROME_NEXT), PAT)
    assert "/login/verify" not in again.address
    assert [row.reasons for row in sign_ins(world)] == [
        "[]",
        "[]",
    ]


def test_fresh_browsers_at_the_same_network_are_let_in_again_and_again(world: World) -> None:
    """A new device alone says little: a practice has many computers."""
    for _ in range(4):
        assert "/login/verify" not in sign_in(at(world), PAT).address


def test_a_new_browser_in_another_country_ten_minutes_later_is_verified(world: World) -> None:
    """Capability D1: step-up; the page, the audit and the event say why, with the same codes (capability D4)."""
    known_at(world, PAT)
    world.clock.advance(timedelta(minutes=10))
    thief = sign_in(at(world, LISBON, FIREFOX), PAT)
    assert thief.address.endswith("/login/verify")
    codes = ["new_device", "new_network", "new_country", "far_travel"]
    assert all(SENTENCES[code] in thief.text for code in codes)
    (event,) = world.published("risk.detected")
    assert (event.data["verdict"], event.data["reasons"]) == ("verify", codes)
    with world.context.reading() as session:
        told = session.execute(text("SELECT after FROM audit_entries WHERE action = 'sign_in.judged'")).scalars().all()
    assert [all(code in entry for code in codes) for entry in told] == [True]


def test_who_is_asked_is_nobody_until_they_answer(world: World) -> None:
    """Threat 32: with the password alone no page of the account opens, and the code opens them."""
    known_at(world, PAT)
    thief = sign_in(at(world, LISBON, FIREFOX), PAT)
    thief.open("/account/devices")
    assert "/login" in thief.address
    thief.open("/login/verify")
    type_code(thief, codes_sent(world)[-1])
    thief.open("/account/devices")
    assert thief.address.endswith("/account/devices")


def test_what_was_verified_once_is_not_asked_again(world: World) -> None:
    """Domain §4: completing it once on a device reduces further asking."""
    known_at(world, PAT)
    traveller = sign_in(at(world, LISBON, FIREFOX), PAT)
    type_code(traveller, codes_sent(world)[-1])
    sign_out(traveller)
    world.clock.advance(timedelta(hours=12))
    assert "/login/verify" not in sign_in(traveller, PAT).address


def test_trying_twice_makes_nobody_known(world: World) -> None:
    """Threat 52: a sign-in that was not verified teaches nothing; the second try is asked as the first was."""
    known_at(world, PAT)
    thief = sign_in(at(world, LISBON, FIREFOX), PAT)
    sign_out(thief)
    world.clock.advance(timedelta(hours=20))
    again = sign_in(thief, PAT)
    assert again.address.endswith("/login/verify")


def test_a_stolen_device_cookie_on_another_network_is_verified(world: World) -> None:
    """Threat 52: the cookie alone moves no trust to another network."""
    pat = known_at(world, PAT)
    world.clock.advance(timedelta(days=1))
    thief = sign_in(same_browser(world, pat, UNPLACED), PAT)
    assert thief.address.endswith("/login/verify")
    assert "This browser has not been used on this network before." in thief.text


def test_a_device_cookie_in_another_browser_is_verified(world: World) -> None:
    """Threat 52: a copy in a browser of another make stands for nothing, even at the desk next to it."""
    pat = known_at(world, PAT)
    thief = sign_in(same_browser(world, pat, OFFICE, FIREFOX), PAT)
    assert thief.address.endswith("/login/verify")
    assert "The mark of a known browser arrived from another kind of browser." in thief.text


def test_a_forwarded_address_is_not_believed(world: World) -> None:
    """Threat 52: who claims to sit in the office by a header sits where the connection comes from."""
    known_at(world, PAT)
    thief = at(world, LISBON, FIREFOX)
    thief._http.headers.update({"X-Forwarded-For": OFFICE, "Forwarded": f"for={OFFICE}", "X-Real-IP": OFFICE})
    assert sign_in(thief, PAT).address.endswith("/login/verify")
    assert sign_ins(world)[-1].source == LISBON


def test_a_burst_of_failures_and_a_new_browser_are_verified(world: World) -> None:
    """Capability D1: several wrong passwords, then the right one from a browser that nobody knows."""
    known_at(world, PAT)
    guesser = at(world)
    for guess in range(5):
        type_password(guesser, PAT.user_id, f"a guess {guess}")
        world.clock.advance(timedelta(minutes=2))
    assert sign_in(guesser, PAT).address.endswith("/login/verify")
    assert sorted(sign_ins(world)[-1].reasons.strip("[]").replace('"', "").split(", ")) == ["failures", "new_device"]


def test_a_changed_contact_and_a_new_browser_are_verified(world: World) -> None:
    """Capability D1: whoever has just added an address of their own is asked by one that was there before."""
    add(world, at_contacts(world, PAT))
    known = sign_in(at(world), PAT)
    assert known.address.endswith("/login/verify")
    assert SENTENCES["contact_changed"] in known.text
    assert {mail.recipient for mail in world.mails() if codes_sent(world)[-1] in mail.body} == {PAT.email}
    world.clock.advance(timedelta(days=4))  # out of quarantine
    assert "/login/verify" not in sign_in(at(world), PAT).address


def test_a_strangers_failures_do_not_trouble_the_owner(world: World) -> None:
    """On the device that is known, a burst alone is only noted."""
    pat = known_at(world, PAT)
    for guess in range(5):
        type_password(at(world, UNPLACED), PAT.user_id, f"a guess {guess}")
        world.clock.advance(timedelta(minutes=2))
    assert "/login/verify" not in sign_in(pat, PAT).address
    assert "failures" in sign_ins(world)[-1].reasons


def test_wrong_passwords_for_nobody_leave_the_same_trace(world: World) -> None:
    """Threat 26: a name that nobody has costs the same row as one that somebody has."""
    for name in (PAT.user_id, "nobody.at.all"):
        type_password(at(world), name, "not the password")
    assert [(row.outcome, row.account_id == "unknown") for row in sign_ins(world)] == [
        ("refused", False),
        ("refused", True),
    ]


def test_the_operator_may_have_it_refused(world: World) -> None:
    """Capability D1: a policy of deny: refused, audited, the owner is told, and no session exists."""
    with world.context.transaction() as work:
        policies.set_policy(work, "risk_deny", 60, "Fraud from abroad in November, decided by the security officer.")
    known_at(world, PAT)
    thief = sign_in(at(world, LISBON, FIREFOX), PAT)
    assert thief.answer.status_code == 403
    thief.open("/account")
    assert "/login" in thief.address
    assert [event.data["verdict"] for event in world.published("risk.detected")] == ["deny"]
    assert ("sign_in.judged", sign_ins(world)[-1].account_id) in world.audited()
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    assert len(letters(world, "Somebody tried to sign in to your account")) == 1


def test_weights_are_the_operators(world: World) -> None:
    """Capability D1: editable: where neither a new country nor the distance weighs anything, it is let in."""
    with world.context.transaction() as work:
        weights = {**policies.current(work.session).risk_weights, "new_country": 0, "far_travel": 0, "new_network": 0}
        policies.set_policy(work, "risk_weights", weights, "Our people travel; decided by the security officer.")
    known_at(world, PAT)
    assert "/login/verify" not in sign_in(at(world, LISBON, FIREFOX), PAT).address


def test_a_second_factor_answers_the_question(world: World) -> None:
    """Somebody who has a second factor proves by it and is sent no mail; risk never stands in for it."""
    world.seed(MEG)
    meg = sign_in(at(world), MEG)
    type_code(meg, world.code())
    sign_out(meg)
    world.clock.advance(timedelta(minutes=10))
    abroad = sign_in(at(world, LISBON, FIREFOX), MEG)
    assert abroad.address.endswith("/login/prove")
    assert codes_sent(world) == []
    type_code(abroad, world.code())
    abroad.open(ENTERED)
    assert abroad.address.endswith(ENTERED)
    assert sign_ins(world)[-1].outcome == "verified"


def test_nothing_of_a_password_is_kept_beside_a_sign_in(world: World) -> None:
    """Threat 43: rows, audit and events name codes and places, nothing that was typed."""
    known_at(world, PAT)
    sign_in(at(world, LISBON, FIREFOX), PAT)
    with world.context.reading() as session:
        kept = str(session.execute(text("SELECT * FROM sign_ins")).all())
        kept += str(session.execute(text("SELECT * FROM audit_entries")).all())
        kept += str(session.execute(text("SELECT body FROM outbox")).all())
    assert PASSWORD not in kept
    assert not any(code in kept for code in codes_sent(world))
