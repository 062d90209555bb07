"""A lost factor: the password, and two other ways that are not the same one twice."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from identity.accounts import service as accounts
from identity.contacts import service as contacts
from identity.demo import Someone
from identity.mfa import binding, recovery_codes
from identity.mfa import service as mfa
from identity.mfa.models import Authenticator
from identity.passwords import service as passwords
from identity.passwords.hasher import Hasher
from tests.service.identity.recoveries import (
    ANA,
    WRONG_CODE,
    actions,
    codes_to,
    forgot_password,
    lost_factor,
    messages,
    send_to,
    subjects,
    type_code,
)
from tests.service.identity.world import MEG, OLA, PASSWORD, PAT, SECRET, World, membership, type_password
from tests.support.pages import PageVisitor

TWO_FACTORS = "urn:gatehouse:acr:2"
OTTO = Someone("otto.op", PASSWORD, "Otto", "otto@payer.example", "+1 202 555 0130", "staff", SECRET, "operator")
MAIL, PHONE = "a***@l***.example", "•••• 0120"


def with_both_codes(world: World, visitor: PageVisitor) -> PageVisitor:
    """Prove the mailbox, then the phone."""
    type_code(visitor, send_to(world, visitor, MAIL))
    type_code(visitor, send_to(world, visitor, PHONE))
    return visitor


def codes_of(world: World, account_id: str) -> list[str]:
    """Give the account recovery codes, as its person did when they set up the app."""
    with world.context.transaction() as work:
        return recovery_codes.new_set(work, account_id)


def test_password_and_two_codes_by_different_ways_remove_what_is_lost(world: World) -> None:
    """Mail and text message; then everything bound is gone and sign-in sets up anew (SP 800-63B-4 §4.2.2.2)."""
    (ana,) = world.seed(ANA)
    elsewhere = world.signed_in(ANA)
    visitor = with_both_codes(world, lost_factor(world, ANA))
    assert visitor.address.endswith("/recover/remove")
    with world.context.reading() as session:
        assert mfa.enrolled(session, ana), "looking removes nothing"
    visitor.press("Remove them all")
    assert visitor.address.endswith("/recover/done") and "What you lost is removed" in visitor.text
    with world.context.reading() as session:
        assert not mfa.enrolled(session, ana) and mfa.methods(session, ana) == []
    elsewhere.open("/account")
    assert "/login" in elsewhere.address
    again = world.browser()
    type_password(again, ANA.user_id, PASSWORD, world.ticket(required_acr=TWO_FACTORS))
    assert "/login/enrol" in again.address
    assert actions(world, ana) == ["recovery.started", *["recovery.proved"] * 2, "recovery.completed"]


def test_every_address_is_told_and_the_next_factor_is_held(world: World) -> None:
    """Who did not do it has a day to call, and the new factor approves nothing in it (B6, ASVS 6.3.7, 6.4.4)."""
    (ana,) = world.seed(ANA)
    with_both_codes(world, lost_factor(world, ANA)).press("Remove them all")
    assert "Your second ways of signing in were removed" in subjects(world, ANA.email)
    with world.context.transaction() as work:
        binding.bind_app(work, ana, SECRET, None)
    with world.context.reading() as session:
        until = mfa.held_until(session, ana, world.clock.now())
    assert until == world.clock.now() + timedelta(hours=24)


@pytest.mark.parametrize(("colleagues", "hours"), [(0, 48), (1, 24)])
def test_an_only_manager_waits_longer(world: World, colleagues: int, hours: int) -> None:
    """Nobody else at the practice would notice; the page says how long before anything is removed (B6, C6)."""
    ana, meg = world.seed(ANA, MEG)
    world.tell("membership.granted", membership(ana, membership_id="mbr_a", role="manager"))
    world.tell("membership.granted", membership(meg, membership_id="mbr_b", role="manager" if colleagues else "member"))
    visitor = with_both_codes(world, lost_factor(world, ANA))
    assert f"For {hours} hours you cannot approve people" in visitor.text
    visitor.press("Remove them all")
    with world.context.transaction() as work:
        binding.bind_app(work, ana, SECRET, None)
    with world.context.reading() as session:
        until = mfa.held_until(session, ana, world.clock.now())
    assert until == world.clock.now() + timedelta(hours=hours)


def test_a_code_and_a_recovery_code_do_as_well(world: World) -> None:
    """One code, and something bound to the account (SP 800-63B-4 §4.2.2.2)."""
    (meg,) = world.seed(MEG)
    code, *_rest = codes_of(world, meg)
    visitor = lost_factor(world, MEG)
    visitor.choose("A recovery code")
    visitor.fill("The code of your app, or a recovery code", code)
    visitor.press("Continue")
    assert "One more proof, in another way than before" in visitor.text
    type_code(visitor, send_to(world, visitor, "m***@l***.example"))
    assert visitor.address.endswith("/recover/remove")


def test_a_recovery_code_works_once_here_too(world: World) -> None:
    """Used in one recovery, dead in the next (threat 30, ASVS 6.5.1)."""
    (meg,) = world.seed(MEG)
    code, *_rest = codes_of(world, meg)
    for expected in ("One more proof", "does not fit"):
        visitor = lost_factor(world, MEG)
        visitor.choose("A recovery code")
        visitor.fill("The code of your app, or a recovery code", code.lower())
        visitor.press("Continue")
        assert expected in visitor.text


def test_the_same_way_twice_is_one_way(world: World) -> None:
    """After a code by mail the mailbox is offered no more, and a second code from it is not asked for."""
    world.seed(ANA)
    visitor = lost_factor(world, ANA)
    assert MAIL in visitor.text and PHONE in visitor.text
    type_code(visitor, send_to(world, visitor, MAIL))
    assert visitor.address.endswith("/recover/prove") and MAIL not in visitor.text and PHONE in visitor.text


def test_with_one_address_and_nothing_else_the_desk_helps(world: World) -> None:
    """A single message is never enough at level 2; nobody is sent a code that cannot help (ASVS 6.4.4)."""
    world.seed(MEG)
    with world.context.transaction() as work:  # the app is disabled by guessing: still bound, no proof any more
        work.session.execute(update(Authenticator).values(failures=100))
    visitor = lost_factor(world, MEG)
    assert visitor.address.endswith("/recover/desk") and codes_to(world, MEG.email) == []


def test_an_app_disabled_by_guessing_is_not_got_round_by_the_mailbox(world: World) -> None:
    """Whoever burnt the guesses on purpose meets the desk, not a new password (threat 32, ASVS 6.4.3)."""
    world.seed(MEG)
    with world.context.transaction() as work:
        work.session.execute(update(Authenticator).values(failures=100))
    visitor = forgot_password(world, MEG.user_id, MEG.email)
    type_code(visitor, codes_to(world, MEG.email)[-1])
    assert visitor.address.endswith("/recover/desk")


def test_a_password_that_was_changed_meanwhile_proves_nothing(world: World) -> None:
    """Its owner noticed and chose another: whoever began with the old one gets no further (threat 32)."""
    (ana,) = world.seed(ANA)
    visitor = lost_factor(world, ANA)
    world.clock.advance(timedelta(minutes=1))
    with world.context.transaction() as work:
        passwords.set_password(work, ana, world.context.part(Hasher).hash("nine herons wade at dusk"))
    visitor.open("/recover/prove")
    assert visitor.address.endswith("/recover/desk")


def test_staff_who_lost_their_factor_are_led_to_the_desk(world: World) -> None:
    """Whoever can help others is helped by a person (C6)."""
    world.seed(OTTO)
    visitor = lost_factor(world, OTTO)
    assert visitor.address.endswith("/recover/desk") and "The support desk helps you" in visitor.text
    assert codes_to(world, OTTO.email) == []


def test_somebody_with_nothing_to_lose_is_told_so_after_the_password(world: World) -> None:
    """Only whoever knows the password learns that there is no second factor."""
    world.seed(PAT)
    visitor = lost_factor(world, PAT)
    assert visitor.answer.status_code == 409 and "Sign in as usual" in visitor.text
    wrong = lost_factor(world, Someone(PAT.user_id, "not the password", "", PAT.email))
    assert wrong.answer.status_code == 403 and "does not match" in wrong.text


def test_wrong_password_unknown_name_and_held_account_are_told_alike(world: World) -> None:
    """The same words and the same counts as at sign-in (threat 26, ASVS 6.3.4)."""
    (meg, ana) = world.seed(MEG, ANA)
    with world.context.transaction() as work:
        accounts.suspend(work, ana, "reported")
    said = set()
    for someone in (ANA, Someone("nobody.here", PASSWORD, "", ""), Someone(MEG.user_id, "wrong", "", "")):
        visitor = lost_factor(world, someone)
        said.add((visitor.answer.status_code, visitor.text.replace(someone.user_id, "")))
    assert len(said) == 1
    assert actions(world, meg) == ["recovery.refused"]


def test_guesses_at_the_password_are_those_of_sign_in(world: World) -> None:
    """Guessing here makes sign-in wait, and the other way round (threat 27, ASVS 6.3.4)."""
    world.seed(MEG)
    for _ in range(5):
        lost_factor(world, Someone(MEG.user_id, "not the password", "", ""))
    visitor = world.browser()
    type_password(visitor, MEG.user_id, PASSWORD)
    assert visitor.answer.status_code == 429
    assert lost_factor(world, MEG).answer.status_code == 429


def test_ten_wrong_passwords_rest_the_name_and_tell_its_owner(world: World) -> None:
    """The rest begun here is told like any other."""
    (meg,) = world.seed(MEG)
    for _ in range(10):
        lost_factor(world, Someone(MEG.user_id, "not the password", "", ""))
        world.clock.advance(timedelta(seconds=61))
    assert [told.data["account_id"] for told in world.published("account.locked")] == [meg]


def test_what_became_of_the_message_is_told_to_who_has_proved_the_password(world: World) -> None:
    """The address is masked; a message that came back is told, with another way (C7, M24)."""
    world.seed(ANA)
    visitor = lost_factor(world, ANA)
    code = send_to(world, visitor, MAIL)
    assert f"A code is on its way to {MAIL}" in visitor.text and ANA.email not in visitor.answer.text
    visitor.press("Choose another way")
    assert visitor.address.endswith("/recover/prove") and PHONE in visitor.text
    visitor.choose(PHONE)
    visitor.press("Send a code")
    assert visitor.answer.status_code == 429, "the next one has its time"
    world.clock.advance(timedelta(seconds=31))
    visitor.choose(PHONE)
    visitor.press("Send a code")
    type_code(visitor, code)
    assert visitor.address.endswith("/recover/prove"), "the first code is still good"


def test_somebody_else_s_address_cannot_be_chosen(world: World) -> None:
    """The form names a contact of another account: nothing is sent (threat 35)."""
    _ana, meg = world.seed(ANA, MEG)
    with world.context.reading() as session:
        foreign = contacts.for_recovery(session, meg, world.clock.now())[0].id
    visitor = lost_factor(world, ANA)
    visitor.choose(MAIL)
    visitor._typed["contact"] = foreign
    before = len(messages(world))
    visitor.press("Send a code")
    assert len(messages(world)) == before and visitor.address.endswith("/recover/prove")


def test_no_answer_to_a_question_takes_part(world: World) -> None:
    """No page of recovery asks about a person; there is nothing to answer (C3, ASVS 6.4.2)."""
    world.seed(ANA)
    visitor = lost_factor(world, ANA)
    asked = [visitor.text]
    for path in ("/recover", "/recover/user-id", "/recover/password", "/recover/lost"):
        visitor.open(path)
        asked.append(visitor.text)
    labels = " ".join(asked).lower()
    assert not any(word in labels for word in ("security question", "mother", "birth", "pet"))


def test_with_the_password_forgotten_too_codes_alone_do_not_do(world: World) -> None:
    """A second code does not help here, so none is offered: without the app the desk helps (ASVS 6.4.3, 6.4.4)."""
    world.seed(ANA)
    visitor = forgot_password(world, ANA.user_id, ANA.email)
    type_code(visitor, codes_to(world, ANA.email)[-1])
    assert visitor.address.endswith("/recover/prove") and PHONE not in visitor.text
    assert "The support desk helps you" in visitor.text
    visitor.open("/recover/new-password")
    assert visitor.address.endswith("/recover/prove")


def test_wrong_codes_end_this_recovery_too(world: World) -> None:
    """Five in all, over both addresses."""
    world.seed(ANA)
    visitor = lost_factor(world, ANA)
    send_to(world, visitor, MAIL)
    for _ in range(5):
        type_code(visitor, WRONG_CODE)
    assert visitor.address.endswith("/recover/over")


def test_staff_keep_their_factor_when_they_forget_the_password(world: World) -> None:
    """A forgotten password is no reason to weaken what staff sign in with."""
    world.seed(OTTO, OLA)
    visitor = forgot_password(world, OTTO.user_id, OTTO.email)
    type_code(visitor, codes_to(world, OTTO.email)[-1])
    assert visitor.address.endswith("/recover/prove")
    visitor.fill("6-digit code from your authenticator app", world.code(SECRET))
    visitor.press("Continue")
    assert visitor.address.endswith("/recover/new-password")
