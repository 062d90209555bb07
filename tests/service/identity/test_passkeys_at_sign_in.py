"""Passkeys within a sign-in: as the second proof, as the factor that is missing, and for whom the door stays shut."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from identity.accounts import service as accounts
from identity.policies import service as policies
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from shared.service import SYSTEM, Work
from tests.service.identity.keyholders import assert_refused, device, holder, meg, pat_with_passkey
from tests.service.identity.world import MEG, OLA, PAT, World, cookies, type_code, type_password
from tests.support.pages import PageVisitor
from tests.support.passkey_script import ENROL, MAKE, Script

PHR = "phr"
TWO = "urn:gatehouse:acr:2"
Act = Callable[[Work, str, str], bool]


def session_at(world: World, visitor: PageVisitor) -> SessionView:
    """The session that a browser's cookie names."""
    with world.context.reading() as session:
        found = sessions.current(session, next(cookies(visitor)), world.clock.now())
    assert found is not None
    return found


def with_both(world: World) -> Script:
    """Meg has an app, and now a passkey too; the script is at a browser where she has typed her password."""
    world.seed(MEG)
    made = holder(world, meg(world))
    return Script(world.signed_in(MEG, world.ticket(required_acr=TWO)), made.device)


def test_the_strongest_way_is_offered_first(world: World) -> None:
    """B1 to B4: after the password the picker shows the passkey, and it is enough."""
    script = with_both(world)
    assert "Use your passkey" in script.visitor.text
    assert script.follow(script.use()).status_code == 200
    assert script.visitor.address.endswith("/account?came=back")
    assert session_at(world, script.visitor).amr == ("pwd", "hwk", "user", "mfa")


def test_the_second_proof_is_the_same_person_s(world: World) -> None:
    """Threat 32: whoever typed Meg's password does not become Meg by a passkey of Pat's, nor Pat by Meg's step."""
    script = with_both(world)
    world.seed(PAT)
    mallory = holder(world, world.signed_in(PAT)).device
    before = list(cookies(script.visitor))
    script.device = mallory
    assert_refused(script.use(), "other_account")
    assert list(cookies(script.visitor)) == before
    script.visitor.open("/account")
    assert "/login/prove" in script.visitor.address


def test_a_step_up_asks_for_the_passkey(world: World) -> None:
    """A7: an app that asks for the strongest level gets it from somebody signed in by an app."""
    script = with_both(world)
    visitor = meg_by_app(world)
    visitor.open(world.ticket(required_acr=PHR))
    assert "Use your passkey" in visitor.text
    upgraded = Script(visitor, script.device)
    assert upgraded.follow(upgraded.use()).status_code == 200
    assert session_at(world, visitor).acr == PHR


def meg_by_app(world: World) -> PageVisitor:
    """Meg signed in for a second browser by password and app."""
    world.clock.advance(timedelta(seconds=60))
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO))
    visitor.open(visitor.address.replace("/login/prove", "/login/prove/ways"))
    visitor.choose("Authenticator app")
    visitor.press("Continue")
    type_code(visitor, world.code())
    return visitor


def test_the_missing_factor_can_be_a_passkey(world: World) -> None:
    """Staff need two factors: a passkey made on the way counts at once, under a new secret (threat 20)."""
    world.seed(OLA)
    visitor = world.signed_in(OLA)
    before = list(cookies(visitor))
    script = Script(visitor, device())
    assert script.make(ENROL).status_code == 200
    assert list(cookies(visitor)) != before
    visitor.open("/account")
    assert "Ola Operator" in visitor.answer.text


def test_a_factor_is_not_bound_where_none_is_missing(world: World) -> None:
    """Threat 32: calling a later step directly binds nothing, neither signed in nor not."""
    world.seed(PAT)
    for visitor in (world.browser(), world.signed_in(PAT)):
        visitor.open(MAKE if list(cookies(visitor)) else "/login")
        script = Script(visitor, device())
        assert_refused(script.send(f"{ENROL}/options", {}), "not_asked")
        assert_refused(script.send(f"{ENROL}/made", {}), "not_asked")
    assert world.published("credential.changed") == []


def test_a_password_alone_binds_no_passkey_beside_an_app(world: World) -> None:
    """Threat 32: enrolling by password only is refused where the account has a factor."""
    world.seed(MEG)
    script = Script(world.signed_in(MEG, world.ticket(required_acr=TWO)), device())
    assert "/login/prove" in script.visitor.address
    assert_refused(script.send(f"{ENROL}/options", {}), "not_asked")


def test_somebody_else_s_session_ends(world: World) -> None:
    """Domain §4: switching person by a passkey ends the former one everywhere."""
    script = pat_with_passkey(world)
    world.seed(MEG)
    visitor = meg(world)
    ended = len(world.published("session.ended"))
    visitor.open(world.ticket(not_before=world.clock.now() + timedelta(seconds=1)))
    world.clock.advance(timedelta(seconds=2))
    switched = Script(visitor, script.device)
    assert switched.follow(switched.use()).status_code == 200
    (told,) = world.published("session.ended")[ended:]
    assert told.data["reason"] == "switched_person"


def test_what_is_fresh_enough_is_fresh_again(world: World) -> None:
    """`max_age`: a passkey used now satisfies an app that asks for a new sign-in (E25)."""
    script = pat_with_passkey(world)
    script.sign_in()
    world.clock.advance(timedelta(minutes=30))
    script.visitor.open(world.ticket(not_before=world.clock.now()))
    assert script.follow(script.use()).status_code == 200
    assert script.visitor.address.endswith("/account?came=back")
    assert session_at(world, script.visitor).auth_time == world.clock.now()


@pytest.mark.parametrize(("act", "said"), [(accounts.suspend, "on hold"), (accounts.close, "closed")])
def test_a_held_account_is_told_so_to_its_owner_only(world: World, act: Act, said: str) -> None:
    """A code to read out on the telephone, not the reason; no session opens (threat 53)."""
    script = pat_with_passkey(world)
    with world.context.transaction(SYSTEM) as work:
        act(work, script.device.keys[0].handle, "audit finding 7")
    begun = len(world.published("session.started"))
    script.visitor.open("/login")
    answer = script.use()
    assert answer.status_code == 403
    assert said in answer.json()["detail"]
    assert "finding" not in answer.text
    assert len(world.published("session.started")) == begun


def test_the_operator_s_rule_keeps_a_passkey_out_too(world: World) -> None:
    """D1, D4: denied for risk, in the words that the desk sees, and recorded."""
    script = pat_with_passkey(world)
    with world.context.transaction(SYSTEM) as work:
        policies.set_policy(work, "risk_deny", 30, "An attack is under way this week.")
    script.visitor.open("/login")
    answer = script.use()
    assert answer.status_code == 403
    assert "This browser has not been used for this account before." in answer.json()["detail"]


def test_a_new_password_that_is_due_is_still_asked_for(world: World) -> None:
    """C2: a required reset is not skipped by the passkey."""
    script = pat_with_passkey(world)
    with world.context.transaction(SYSTEM) as work:
        accounts.require_reset(work, script.device.keys[0].handle, "leaked")
    script.sign_in()
    assert "/login/renew" in script.visitor.address


def test_a_shared_computer_offers_no_names_and_keeps_no_key(world: World) -> None:
    """A5: no passkeys under the user ID field; a new one goes to a phone or a security key."""
    world.seed(PAT)
    visitor = world.browser()
    visitor.open("/login")
    assert "data-autofill" in visitor.answer.text
    visitor.press("Several people use this computer")
    assert 'data-passkey="get"' in visitor.answer.text
    assert "data-autofill" not in visitor.answer.text
    type_password(visitor, PAT.user_id, PAT.password)
    script = Script(visitor, device())
    visitor.open(MAKE)
    options = script.send(f"{MAKE}/options", {}).json()
    assert options["authenticatorSelection"]["authenticatorAttachment"] == "cross-platform"


def test_too_many_tries_from_one_place_wait_a_minute(world: World) -> None:
    """D5: the doors count by source; a whole office opening the page does not come near it."""
    visitor = world.browser()
    visitor.open("/login")
    script = Script(visitor, device())
    answers = [script.send("/login/passkey/options", {}).status_code for _ in range(301)]
    assert answers == [200] * 300 + [429]
    world.clock.advance(timedelta(minutes=1))
    assert script.send("/login/passkey/options", {}).status_code == 200
