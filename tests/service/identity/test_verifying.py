"""An unusual sign-in: one more proof, told why; refused only by the operator's rule; what is owed lets nobody in."""

import re
from datetime import timedelta
from typing import Any

import pytest

from identity.accounts import service as accounts
from identity.policies import service as policies
from shared.service import SYSTEM
from tests.service.identity.world import MEG, PASSWORD, PAT, World, type_code, type_password
from tests.support.pages import PageVisitor

ELSEWHERE = "203.0.113.7"
NEW_BROWSER = "This browser has not been used for this account before."
NEW_NETWORK = "This account has not been used on this network before."


def sent_code(world: World, after: int = 0) -> str:
    """The six digits of the newest message, after so many earlier ones."""
    bodies = [str(mail.body) for mail in world.mails() if re.search(r"\b\d{6}\b", str(mail.body))]
    found = re.search(r"\b(\d{6})\b", bodies[after:][-1])
    assert found is not None
    return found.group(1)


def elsewhere(world: World, address: str = "/login") -> PageVisitor:
    """Pat, in another browser on another network."""
    visitor = world.browser(address=ELSEWHERE)
    type_password(visitor, PAT.user_id, PASSWORD, address)
    return visitor


@pytest.fixture
def known(world: World) -> World:
    """Pat has signed in once before."""
    world.seed(PAT)
    assert world.signed_in(PAT).address.endswith("/account")
    return world


def test_an_unusual_sign_in_needs_a_code_and_says_why(known: World) -> None:
    """Capabilities D1, D4: a new browser on a new network proves itself once, and reads the reasons in plain words."""
    visitor = elsewhere(known)
    assert "/login/verify" in visitor.address
    assert NEW_BROWSER in visitor.text and NEW_NETWORK in visitor.text
    type_code(visitor, sent_code(known))
    assert visitor.address.endswith("/account")
    visitor.open("/logout")
    visitor.press("Sign out")
    type_password(visitor, PAT.user_id, PASSWORD)
    assert visitor.address.endswith("/account"), "the second time this browser is known"


def test_until_the_proof_is_there_nobody_is_signed_in(known: World) -> None:
    """Threat 32: the later pages, the account and the app's way back all lead to the missing step."""
    visitor = elsewhere(known)
    for path in ("/account", "/account/devices", "/login/organization", "/login/renew"):
        visitor.open(path)
        assert "/login/verify" in visitor.address, path


def test_signing_in_again_does_not_pay_what_is_owed(known: World) -> None:
    """Threat 52: typing the password twice does not make the unknown browser a known one."""
    visitor = elsewhere(known)
    type_password_again(visitor)
    assert "/login/verify" in visitor.address
    another = elsewhere(known)
    assert "/login/verify" in another.address


def type_password_again(visitor: PageVisitor) -> None:
    """Send the sign-in form from a browser that already has a session; the page itself leads on."""
    visitor.open("/login/verify")
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.answer.text)
    assert token is not None
    typed = {"csrf_token": token.group(1), "user_id": PAT.user_id, "password": PASSWORD}
    answer = visitor._http.post("http://localhost:8000/login", data=typed, headers={"Origin": "http://localhost:8000"})
    assert answer.status_code == 303
    visitor.open(answer.headers["Location"])


def test_guesses_are_bounded_and_a_resend_keeps_the_first_code(known: World) -> None:
    """Threat 29, capability M24: five guesses in all; another code does not make the earlier one useless."""
    visitor = elsewhere(known)
    first = sent_code(known)
    known.clock.advance(timedelta(minutes=2))
    visitor.press("Send another code")
    assert "several codes" in visitor.text
    type_code(visitor, first)
    assert visitor.address.endswith("/account")


def test_after_five_wrong_codes_even_the_right_one_waits(known: World) -> None:
    """Threat 29: a six-digit code is not guessed."""
    visitor = elsewhere(known)
    code = sent_code(known)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        type_code(visitor, wrong)
    type_code(visitor, code)
    assert "/login/verify" in visitor.address and "Too many attempts" in visitor.text


def test_who_has_an_app_proves_by_it(world: World) -> None:
    """A second factor is asked for instead of a code by e-mail, also where the app asked for level 1 only."""
    world.seed(MEG)
    type_code(world.signed_in(MEG), world.code())
    world.clock.advance(timedelta(minutes=2))
    visitor = world.browser(address=ELSEWHERE)
    type_password(visitor, MEG.user_id, PASSWORD, world.ticket(required_acr="urn:gatehouse:acr:1"))
    assert "/login/prove" in visitor.address
    type_code(visitor, world.code())
    assert visitor.address.endswith("/account?came=back")


def test_the_operators_rule_keeps_out_what_is_too_unusual(known: World) -> None:
    """Capability D1: policy deny refuses with the reasons, is audited, and opens nothing."""
    policy(known, "risk_deny", 60)
    visitor = elsewhere(known)
    assert visitor.answer.status_code == 403 and "We could not let you in" in visitor.text
    assert NEW_BROWSER in visitor.text and NEW_NETWORK in visitor.text
    visitor.open("/account")
    assert "/login" in visitor.address
    assert "sign_in.judged" in [action for action, _target in known.audited()]


def test_a_reset_asked_for_by_the_desk_needs_a_proof_then_a_new_password(known: World) -> None:
    """Threat 32: whoever knows the old password gets neither in nor to choose the new one."""
    with known.context.transaction(SYSTEM) as work:
        account_id = accounts.find_by_user_id(work.session, PAT.user_id)
        assert account_id is not None
        accounts.require_reset(work, account_id.id, "desk")
    visitor = known.signed_in(PAT)
    assert "/login/verify" in visitor.address
    type_code(visitor, sent_code(known))
    assert "/login/renew" in visitor.address
    visitor.open("/account")
    assert "/login/renew" in visitor.address
    visitor.fill("New password", "seven quiet lanterns on the pier")
    visitor.press("Use this password")
    assert visitor.address.endswith("/account")


def test_a_held_person_learns_so_only_after_the_password_fits(known: World) -> None:
    """Threat 26: a stranger sees the same refusal as for a wrong password; the owner a number for the telephone."""
    with known.context.transaction(SYSTEM) as work:
        account = accounts.find_by_user_id(work.session, PAT.user_id)
        assert account is not None and accounts.suspend(work, account.id, "investigation of a stolen badge")
    stranger = known.browser()
    type_password(stranger, PAT.user_id, "not the password at all")
    assert stranger.answer.status_code == 403 and "does not match" in stranger.text
    owner = known.signed_in(PAT)
    assert owner.answer.status_code == 403 and "Support code" in owner.text
    assert "stolen badge" not in owner.answer.text, "the reason is not for the screen"
    assert not [cookie for cookie in owner.cookies.jar if cookie.name.endswith("gh_session")]


def policy(world: World, name: str, value: Any) -> None:
    """Set a policy of the suite."""
    with world.context.transaction(SYSTEM) as work:
        policies.set_policy(work, name, value, "a test of what this policy does, for one minute")
