"""Forgotten user ID and forgotten password, through the front door."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from identity.accounts import service as accounts
from identity.demo import Someone
from tests.service.identity.keyholders import pat_with_passkey
from tests.service.identity.recoveries import (
    NEW_PASSWORD,
    WRONG_CODE,
    actions,
    ask_for_user_id,
    choose_password,
    codes_to,
    forgot_password,
    last_code,
    messages,
    recovered,
    subjects,
    type_code,
)
from tests.service.identity.world import MEG, NEW, OLA, PASSWORD, PAT, SECRET, World, type_password

STRANGER = "nobody@elsewhere.example"


@pytest.mark.parametrize("address", [PAT.email, PAT.email.upper(), PAT.mobile, "(202) 555-0110"])
def test_a_forgotten_user_id_goes_to_the_address_it_belongs_to(world: World, address: str) -> None:
    """However the address is spelled, the message goes to it as its owner wrote it (C1)."""
    (pat,) = world.seed(PAT)
    visitor = ask_for_user_id(world, address)
    assert "Look at your messages" in visitor.text and PAT.user_id not in visitor.answer.text
    world.run_jobs()
    [found] = [each for each in messages(world) if "user ID" in str(each.subject) + str(each.body)][1:]
    assert PAT.user_id in str(found.body) and found.recipient in (PAT.email, PAT.mobile, "+12025550110")
    assert actions(world, pat) == ["recovery.reminded"]


def test_several_accounts_of_one_address_are_told_in_one_message(world: World) -> None:
    """Who has two accounts gets both names; who may not sign in is left out."""
    twin = type(PAT)("pat.second", PASSWORD, "Pat Partner", PAT.email, active=True)
    third = type(PAT)("pat.third", PASSWORD, "Pat Partner", PAT.email, active=True)
    ids = world.seed(PAT, twin, third)
    with world.context.transaction() as work:
        accounts.close(work, ids[2], "left")
    ask_for_user_id(world, PAT.email)
    world.run_jobs()
    body = str(messages(world, PAT.email)[-1].body)
    assert "PatPartner\npat.second" in body and "pat.third" not in body


def test_messages_speak_the_language_of_their_reader(world: World) -> None:
    """Whoever works in Spanish is written to in Spanish, whatever the browser that asked speaks."""
    luz = Someone("luz.lopez", PASSWORD, "Luz López", "luz@lakeside.example", active=True, language="es")
    world.seed(luz)
    ask_for_user_id(world, luz.email)
    recovered(world, luz)
    told = subjects(world, luz.email)
    assert "Su ID de usuario" in told and "Su contraseña se reemplazó" in told


def test_a_forgotten_password_is_replaced_by_a_code_and_nobody_is_signed_in(world: World) -> None:
    """Code, new password, sign in by oneself; the old password is dead (C2, ASVS 6.4.1)."""
    (pat,) = world.seed(PAT)
    visitor = recovered(world, PAT)
    assert visitor.address.endswith("/recover/done") and "Your password is changed" in visitor.text
    visitor.open("/account")
    assert "/login" in visitor.address
    assert not world.signed_in(PAT).address.endswith("/account")
    fresh = world.browser()
    type_password(fresh, PAT.user_id, NEW_PASSWORD)
    assert "/login" not in fresh.address
    assert actions(world, pat) == ["recovery.started", "recovery.proved", "recovery.completed"]


def test_a_code_by_text_message_does_as_well(world: World) -> None:
    """The mobile is an address like the other."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, "(202) 555-0110")
    assert "•••• 0110" in visitor.text
    [message] = [each for each in messages(world) if each.channel == "sms"]
    type_code(visitor, re.search(r"\b(\d{6})\b", str(message.body)).group(1))  # type: ignore[union-attr]
    assert visitor.address.endswith("/recover/new-password")


def test_afterwards_every_session_is_over_no_device_remembered_and_every_address_told(world: World) -> None:
    """Elsewhere somebody may sit who should not (threat 15, 33, ASVS 6.3.7, SP 800-63B-4 §4.6)."""
    (pat,) = world.seed(PAT)
    elsewhere = world.signed_in(PAT)
    recovered(world, PAT)
    elsewhere.open("/account")
    assert "/login" in elsewhere.address
    assert [told.data["reason"] for told in world.published("session.ended")] == ["credential_changed"]
    [changed] = [told for told in world.published("credential.changed") if told.data["kind"] == "password"]
    assert changed.data["change"] == "replaced" and changed.subject == pat
    assert "Your password was replaced" in subjects(world, PAT.email)
    assert "call the support desk at once" in str(messages(world, PAT.email)[-1].body)


def test_a_recovery_ends_a_rest_and_a_demanded_reset(world: World) -> None:
    """Who proves it is them need not wait (A2); a stolen password that was replaced need not be replaced again."""
    (pat,) = world.seed(PAT)
    for _ in range(10):
        type_password(world.browser(), PAT.user_id, "a wrong guess at it")
        world.clock.advance(timedelta(seconds=61))
    with world.context.transaction() as work:
        accounts.require_reset(work, pat, "reported")
    recovered(world, PAT)
    fresh = world.browser()
    type_password(fresh, PAT.user_id, NEW_PASSWORD)
    assert fresh.answer.status_code != 429 and "/login" not in fresh.address
    assert [told.data["reason"] for told in world.published("account.unlocked")] == ["lifted"]


def test_another_code_leaves_the_first_one_good_and_comes_no_sooner_than_allowed(world: World) -> None:
    """The second rapid resend is refused with `Retry-After`; the first code still opens (C2, M24, threat 29)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    visitor.press("Send another code")
    assert visitor.answer.status_code == 429 and 0 < int(visitor.answer.headers["Retry-After"]) <= 30
    world.clock.advance(timedelta(seconds=31))
    visitor.press("Send another code")
    assert "Another code is on the way" in visitor.text
    visitor.press("Send another code")
    assert visitor.answer.status_code == 429 and int(visitor.answer.headers["Retry-After"]) > 30
    world.run_jobs()
    first, second = codes_to(world, PAT.email)
    assert first != second
    type_code(visitor, first)
    assert visitor.address.endswith("/recover/new-password")


def test_the_new_password_is_held_to_the_rules_of_every_other(world: World) -> None:
    """No way in is weaker (ASVS 6.3.4, 6.2.4, 6.2.11); the name goes to the password manager."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    type_code(visitor, last_code(world, PAT.email))
    for bad in ("", "short", "password1234567", "PatPartner PatPartner"):
        choose_password(visitor, bad)
        assert visitor.answer.status_code == 422 and "There is a problem" in visitor.text
    assert f'value="{PAT.user_id}" autocomplete="username"' in visitor.answer.text
    choose_password(visitor)
    assert visitor.address.endswith("/recover/done")


def test_a_code_alone_does_not_get_round_a_second_factor(world: World) -> None:
    """With an app bound, the mailbox is not enough; the app must be shown as well (ASVS 6.4.3, threat 32)."""
    world.seed(MEG)
    visitor = forgot_password(world, MEG.user_id, MEG.email)
    type_code(visitor, last_code(world, MEG.email))
    assert visitor.address.endswith("/recover/prove") and "a code alone is not enough" in visitor.text
    visitor.open("/recover/new-password")
    assert visitor.address.endswith("/recover/prove")
    visitor.fill("6-digit code from your authenticator app", WRONG_CODE)
    visitor.press("Continue")
    assert visitor.answer.status_code == 422 and "does not fit" in visitor.text
    visitor.fill("6-digit code from your authenticator app", world.code(SECRET))
    visitor.press("Continue")
    choose_password(visitor)
    assert visitor.address.endswith("/recover/done")
    fresh = world.browser()
    type_password(fresh, MEG.user_id, NEW_PASSWORD, world.ticket(required_acr="urn:gatehouse:acr:2"))
    assert "/login" in fresh.address, "the app is asked for as before"


def test_a_passkey_is_shown_at_sign_in_and_counts_here(world: World) -> None:
    """Somebody whose factor is a passkey comes back from sign-in with the proof; no script runs in recovery itself."""
    script = pat_with_passkey(world)
    visitor = forgot_password(world, PAT.user_id, PAT.email, script.visitor)
    type_code(visitor, last_code(world, PAT.email))
    assert visitor.address.endswith("/recover/prove") and "With your passkey" in visitor.text
    script.sign_in(visitor.leads_to("Use my passkey"))
    assert visitor.address.endswith("/recover/new-password")
    choose_password(visitor)
    assert visitor.address.endswith("/recover/done")


def test_staff_recover_a_password_like_everybody(world: World) -> None:
    """The population changes nothing about a forgotten password, except that they have a factor to show."""
    world.seed(OLA)
    visitor = recovered(world, OLA)
    assert visitor.address.endswith("/recover/done")


def test_somebody_who_never_took_their_account_has_none_to_recover(world: World) -> None:
    """An invited account has no password yet; a pending person's is theirs."""
    world.seed(NEW)
    assert recovered(world, NEW).address.endswith("/recover/done")


def test_a_request_that_nobody_answers_in_time_is_dropped(world: World) -> None:
    """A worker that was away for an hour sends nobody a code they no longer wait for."""
    world.seed(PAT)
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", PAT.user_id)
    visitor.fill("E-mail address or mobile number of your account", PAT.email)
    visitor.press("Send a code")
    world.clock.advance(timedelta(hours=1))
    world.run_jobs()
    assert codes_to(world, PAT.email) == []


def test_old_recoveries_are_forgotten(world: World) -> None:
    """A month later neither the attempt nor the counts are there; what happened stays in the audit."""
    (pat,) = world.seed(PAT)
    recovered(world, PAT)
    world.clock.advance(timedelta(days=31))
    world.run_jobs()
    with world.context.reading() as session:
        for table in ("recoveries", "recovery_allowances"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    assert "recovery.completed" in actions(world, pat)
