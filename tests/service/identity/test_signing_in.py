"""Signing in through the pages: password, second factor, enrolment, the account."""

import re
from datetime import timedelta

import pytest

from identity.sessions import service as sessions
from tests.service.identity.world import (
    MEG,
    NEW,
    OLA,
    PASSWORD,
    PAT,
    World,
    cookies,
    membership,
    type_code,
    type_password,
)

TWO_FACTORS = "urn:gatehouse:acr:2"


def test_password_is_enough_where_level_1_is_asked(world: World) -> None:
    """User ID and password lead back to where the app wanted the person."""
    world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket(required_acr="urn:gatehouse:acr:1"))
    assert visitor.address.endswith("/account?came=back")
    assert "Pat Partner" in visitor.answer.text


def test_level_1_does_not_ask_for_an_enrolled_app(world: World) -> None:
    """A portal of level 1 is reached by password also by people with an app; their own pages are not (threat 32)."""
    world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket(return_path="/oauth/authorize?came=back"))
    assert visitor.address.endswith("/oauth/authorize?came=back")
    visitor.open("/account")
    assert "/login/prove" in visitor.address


def test_app_name_stands_on_the_page_and_hint_in_the_field(world: World) -> None:
    """People see which app sent them, and need not type their user ID again."""
    visitor = world.browser()
    visitor.open(world.ticket(login_hint="PatPartner"))
    assert "Sign in to continue to Sample Portal" in visitor.text
    assert 'value="PatPartner"' in visitor.answer.text


def test_level_2_asks_for_the_code_and_then_returns(world: World) -> None:
    """Password, then code, then back; the session says two factors."""
    (account_id,) = world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    assert "/login/prove" in visitor.address
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back")
    (started,) = world.published("session.started")
    assert started.data["account_id"] == account_id and started.data["amr"] == ["pwd"]


def test_direct_sign_in_of_somebody_with_an_app_asks_for_the_code(world: World) -> None:
    """Who set up an app for their account finds it guarding the account's own pages."""
    world.seed(MEG)
    assert "/login/prove" in world.signed_in(MEG).address


def test_staff_always_prove_two_factors(world: World) -> None:
    """Staff without an app are led to set one up, whatever the app asks."""
    world.seed(OLA)
    assert "/login/enrol" in world.signed_in(OLA, world.ticket()).address


def test_enrolment_shows_the_same_key_until_its_code_is_typed(world: World) -> None:
    """Reloading the page offers the same key; a wrong code binds nothing; the right one binds it and counts now."""
    world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Set up an app")
    key = _key(visitor.answer.text)
    visitor.open(visitor.address)
    assert _key(visitor.answer.text) == key and "<svg" in visitor.answer.text
    type_code(visitor, "000000", "Finish setting up")
    assert "This code does not fit" in visitor.text
    type_code(visitor, world.code(key), "Finish setting up")
    assert visitor.address.endswith("/account?came=back")
    (changed,) = world.published("credential.changed")
    assert (changed.data["kind"], changed.data["change"]) == ("authenticator_app", "added")
    assert any(mail.subject == "An authenticator app was added to your account" for mail in world.mails())


def test_step_up_of_a_living_session_asks_only_for_what_is_missing(world: World) -> None:
    """Signed in by password for a portal, a manager who opens the console is asked for the code alone."""
    world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket())
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert "/login/prove" in visitor.address
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back")


def test_enrolment_of_an_old_session_asks_for_the_password_again(world: World) -> None:
    """Somebody at an unlocked screen cannot bind their own app (threat 32)."""
    world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket())
    world.clock.advance(timedelta(minutes=21))
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert visitor.address.startswith("http://localhost:8000/login?")
    assert "Enter your password once more" in visitor.text


def test_later_steps_cannot_be_called_first(world: World) -> None:
    """Code, enrolment and organization lead to the password while nobody is signed in (threat 32)."""
    for path in ("/login/prove", "/login/enrol", "/login/organization"):
        visitor = world.browser()
        visitor.open(path)
        assert visitor.address.endswith("/login")


def test_enrolment_is_not_offered_to_somebody_who_has_an_app(world: World) -> None:
    """A stolen password cannot replace the second factor by calling the enrolment page (threat 32)."""
    world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    visitor.open("/login/enrol")
    assert "/login/prove" in visitor.address


def test_code_works_once_in_every_form(world: World) -> None:
    """The same code, also in full-width digits, is refused the second time (threat 29)."""
    world.seed(MEG)
    code = world.code()
    type_code(world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS)), code)
    again = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    type_code(again, code)
    assert "This code does not fit" in again.text
    type_code(again, code.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)}))
    assert "This code does not fit" in again.text


def test_five_wrong_codes_make_the_person_wait_and_the_right_one_too(world: World) -> None:
    """Guessing ends after five tries; the right code then waits as well (threat 29)."""
    world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    for wrong in range(5):
        type_code(visitor, f"00000{wrong}")
    type_code(visitor, world.code())
    assert "Too many attempts" in visitor.text
    world.clock.advance(timedelta(minutes=16))
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back")


def test_session_secret_is_new_at_every_proof_and_the_old_one_dead(world: World) -> None:
    """A secret planted or seen before sign-in or step-up opens nothing afterwards (threat 20)."""
    world.seed(MEG)
    visitor = world.browser()
    visitor.cookies.set("gh_session", "planted", domain="localhost.local")
    type_password(visitor, MEG.user_id, PASSWORD, world.ticket(required_acr=TWO_FACTORS))
    (after_password,) = set(cookies(visitor)) - {"planted"}
    type_code(visitor, world.code())
    assert after_password not in set(cookies(visitor))
    old = world.browser()
    old.cookies.set("gh_session", after_password, domain="localhost.local")
    old.open("/account")
    assert "/login" in old.address


def test_reauthentication_keeps_the_session_but_starts_its_proofs_over(world: World) -> None:
    """After prompt=login two factors demanded are two factors proved anew, under the same sid (threat 24)."""
    world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    type_code(visitor, world.code())
    world.clock.advance(timedelta(minutes=5))
    again = world.ticket(required_acr=TWO_FACTORS, not_before=world.clock.now())
    type_password(visitor, MEG.user_id, PASSWORD, again)
    assert "/login/prove" in visitor.address
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back")
    assert len(world.published("session.started")) == 1


def test_another_person_in_the_same_browser_ends_the_first_session_everywhere(world: World) -> None:
    """Shared office computers are normal: switching person ends the previous one (domain §4)."""
    pat, _meg = world.seed(PAT, MEG)
    visitor = world.signed_in(PAT, world.ticket())
    type_password(visitor, MEG.user_id, PASSWORD, world.ticket(not_before=world.clock.now() + timedelta(seconds=1)))
    (ended,) = world.published("session.ended")
    assert (ended.data["account_id"], ended.data["reason"]) == (pat, "switched_person")


def test_somebody_of_several_organizations_chooses_one_at_sign_in(world: World) -> None:
    """Once, for every app that needs one; a third organization cannot be named; a single one is never asked about."""
    (account_id,) = world.seed(PAT)
    harbor = {"id": "org_harbor", "name": "Harbor Dental", "kind": "practice", "contracted": False, "tin_last4": None}
    world.tell("membership.granted", membership(account_id))
    assert world.signed_in(PAT, world.ticket()).address.endswith("/account?came=back")
    world.tell("membership.granted", membership(account_id, membership_id="mbr_2", organization=harbor))
    assert world.signed_in(PAT, world.ticket(organization=False)).address.endswith("/account?came=back")
    visitor = world.signed_in(PAT, world.ticket())
    assert "/login/organization" in visitor.address
    visitor.press("Continue")
    assert "Choose the organization you are working for now" in visitor.text
    token = visitor.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    forged = {"csrf_token": token, "organization_id": "org_of_others"}
    answer = visitor._http.post(visitor.address, data=forged, headers={"Origin": world.origin})
    assert "Choose one of the organizations listed here" in answer.text
    visitor.choose("Harbor Dental")
    visitor.press("Continue")
    assert visitor.address.endswith("/account?came=back")
    assert "Harbor Dental working for now" in visitor.text
    visitor.open(world.ticket())
    assert visitor.address.endswith("/account?came=back")


def test_the_account_page_shows_every_organization_and_marks_the_one_in_use(world: World) -> None:
    """A person of two practices sees both, with what they may do there."""
    (account_id,) = world.seed(PAT)
    harbor = {"id": "org_harbor", "name": "Harbor Dental", "kind": "practice", "contracted": False, "tin_last4": None}
    world.tell("membership.granted", membership(account_id))
    world.tell("membership.granted", membership(account_id, membership_id="mbr_2", organization=harbor))
    visitor = world.signed_in(PAT)
    assert "Harbor Dental" in visitor.text and "Lakeside Family Practice" in visitor.text
    assert "working for now" not in visitor.text
    with world.context.transaction() as work:
        assert sessions.choose_organization(work, world.session_of(account_id), "org_harbor")
    visitor.open("/account")
    assert "Harbor Dental working for now" in visitor.text


@pytest.mark.parametrize("someone", [PAT, NEW])
def test_direct_sign_in_leads_to_the_account_or_to_the_status(world: World, someone: object) -> None:
    """An active person sees their account; a pending one only where their registration stands."""
    world.seed(PAT, NEW)
    visitor = world.signed_in(someone)  # type: ignore[arg-type]
    assert visitor.address.endswith("/account")
    pending = "Your registration is being looked at" in visitor.text
    assert pending is (someone is NEW)
    assert ("My account" in visitor.text) is not pending


def _key(page: str) -> str:
    found = re.search(r'id="manual-key">([A-Z2-7 ]+)<', page)
    assert found is not None, page
    return found.group(1).replace(" ", "")


def test_a_clock_that_was_set_back_locks_no_app_out(world: World) -> None:
    """A code used on a trial clock of next Sunday does not make every code of today an old one; each works once."""
    world.seed(MEG)
    world.clock.advance(timedelta(days=6))
    type_code(world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS)), world.code())
    world.clock.advance(timedelta(days=-6))
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back")
    again = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    type_code(again, world.code())
    assert again.answer.status_code == 422
