"""Hostile hands at the pages of second factors: odd bytes, held accounts, ended sessions, other people's steps."""

import re
from datetime import timedelta

import pytest

from identity.accounts import service as accounts
from identity.mfa import service as mfa
from identity.sessions import service as sessions
from shared.service import SYSTEM
from tests.service.identity.factors import (
    TED,
    TWO_FACTORS,
    ask_for_code,
    bind,
    code_in,
    policy,
    recovery_set,
    strongly,
    texts,
    with_phone,
)
from tests.service.identity.world import MEG, PASSWORD, PAT, World, type_code, type_password
from tests.support.pages import PageVisitor

ODD = {
    "NUL": "12\x003456",
    "escape": "\x1b[2J123456",
    "bidi": "\u202e654321",
    "line break": "123456\r\nSet-Cookie: a=b",
    "template": "{{7*7}}",
    "markup": "<script>alert(1)</script>",
    "huge": "9" * 200_000,
    "lone surrogate": "\udc80",
    "other digits": "١٢٣٤٥٦",
    "fraction": "½23456",
}
DOORS = {
    "/login/prove": "code",
    "/login/prove/ways": "by",
    "/account/methods/app": "name",
    "/account/methods/phone/send": "contact_id",
    "/account/methods/phone": "code",
    "/account/methods/recovery_codes/name": "name",
}


def token_of(visitor: PageVisitor) -> str:
    """The form token of the page."""
    found = re.search('name="csrf_token" value="([^"]+)"', visitor.answer.text)
    assert found is not None, visitor.text
    return found[1]


def post(world: World, visitor: PageVisitor, path: str, *fields: tuple[str, str]) -> int:
    """Send a form as a program would; return the status of the answer."""
    body = "&".join(f"{name}={_percent(value)}" for name, value in (("csrf_token", token_of(visitor)), *fields))
    headers = {"Origin": world.origin, "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    query = visitor.address.partition("?")[2] if path.startswith("/login") else ""
    return visitor._http.post(f"{world.origin}{path}?{query}", content=body, headers=headers).status_code


@pytest.mark.parametrize("odd", ODD)
def test_odd_bytes_are_refused_in_words(world: World, odd: str) -> None:
    """Threats 43, 46, 57: whatever is sent to a field, the answer is a page or a redirect, never a fault of ours."""
    _app_and_phone(world)
    half = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    whole = strongly(world, TED, "/account/methods/app")
    for path, field in DOORS.items():
        visitor = half if path.startswith("/login") else whole
        status = post(world, visitor, path, (field, ODD[odd]))
        assert status in {303, 400, 403, 404, 413, 422, 429}, (path, status)
    assert texts(world) == []


@pytest.mark.parametrize("path", DOORS)
def test_two_answers_to_one_question_are_none(world: World, path: str) -> None:
    """A doubled field is neither the first nor the last of both."""
    _app_and_phone(world)
    visitor = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    if not path.startswith("/login"):
        visitor = strongly(world, TED, "/account/methods/app")
    field = DOORS[path]
    assert post(world, visitor, path, (field, "123456"), (field, "654321")) in {303, 404, 422}


def test_a_name_with_odd_signs_does_not_reach_the_letters(world: World) -> None:
    """Threat 43: what an owner calls their app stands on their page, escaped, and in no mail and no event."""
    world.seed(MEG)
    visitor = strongly(world, address="/account/methods")
    visitor.follow("Rename Authenticator app")
    visitor.fill("Name of the app", "Desk %(name)s {{config}} <i>")
    visitor.press("Keep this name")
    assert "&lt;i&gt;" in visitor.answer.text and "{{config}}" in visitor.text
    assert not any("config" in f"{mail.subject}{mail.body}" for mail in world.mails())


def test_whoever_is_suspended_half_way_proves_nothing(world: World) -> None:
    """Threat 53: the account is held while its code is on the way; the right code then opens nothing."""
    account_id = with_phone(world)
    visitor = ask_for_code(world)
    code = code_in(texts(world)[-1])
    with world.context.transaction(SYSTEM) as work:
        accounts.suspend(work, account_id, "under inquiry")
        sessions.end_all(work, account_id, "suspended")
    type_code(visitor, code)
    assert "/account?came=back" not in visitor.address and "/login" in visitor.address
    visitor.open("/account")
    assert "/login" in visitor.address


def test_a_session_that_was_ended_elsewhere_takes_no_code(world: World) -> None:
    """Threats 20, 53: signed out on another device, the step that was open here leads to the beginning."""
    account_id = with_phone(world)
    visitor = ask_for_code(world)
    with world.context.transaction(SYSTEM) as work:
        assert sessions.end_all(work, account_id, "ended_by_owner") == 1
    type_code(visitor, code_in(texts(world)[-1]))
    assert "Sign in" in visitor.text and "/login" in visitor.address


def test_the_back_button_after_signing_in_asks_nothing_again(world: World) -> None:
    """Threat 32, back button: the pages of earlier steps lead on, and their forms change nothing."""
    with_phone(world)
    visitor = ask_for_code(world)
    step = visitor.address
    type_code(visitor, code_in(texts(world)[-1]))
    visitor.open(step)
    assert visitor.address.endswith("/account?came=back")
    visitor.open(step.replace("/login/prove", "/login/prove/ways"))
    assert visitor.address.endswith("/account?came=back")
    assert len(texts(world)) == 1


def test_two_sign_ins_side_by_side_do_not_lend_each_other_proofs(world: World) -> None:
    """Threat 32, parallel flows: the factor proved in one browser leaves the other where it was."""
    with_phone(world)
    one, other = ask_for_code(world), ask_for_code(world)
    type_code(one, code_in(texts(world)[0]))
    assert one.address.endswith("/account?came=back")
    other.open(world.ticket(required_acr=TWO_FACTORS))
    assert "/login/prove" in other.address


def test_another_person_cannot_use_a_code_that_was_sent_to_the_first(world: World) -> None:
    """Threat 29, code for another user: Pat knows Ted's code and nothing else."""
    with_phone(world)
    (pat,) = world.seed(PAT)
    bind(world, pat, "sms")
    ask_for_code(world)
    theirs = ask_for_code(world, PAT)
    type_code(theirs, code_in(texts(world, "0111")[-1]))
    assert "This code does not fit" in theirs.text


def test_wrong_codes_switch_off_a_phone_too_and_every_address_hears_once(world: World) -> None:
    """SP 800-63B-4 §3.2.2: the operator's limit of failures in a row, counted over all sessions."""
    account_id = with_phone(world)
    policy(world, "disable_failures", 10)
    for guesses in (4, 4, 1):
        visitor = ask_for_code(world)
        for guess in range(guesses):
            type_code(visitor, f"00000{guess}")
        world.clock.advance(timedelta(minutes=61))
    with world.context.reading() as session:
        assert mfa.methods(session, account_id)[0].usable
    visitor = ask_for_code(world)
    type_code(visitor, "000000")
    with world.context.reading() as session:
        assert not mfa.methods(session, account_id)[0].usable
    heard = [mail for mail in world.mails() if mail.subject == "A way of signing in was switched off"]
    assert len(heard) == 1
    assert ("second_factor.disabled", account_id) in world.audited()


def test_a_success_forgets_the_failures_before_it(world: World) -> None:
    """Whoever mistypes now and then never loses their phone."""
    account_id = with_phone(world)
    policy(world, "disable_failures", 10)
    for _ in range(5):
        visitor = ask_for_code(world)
        for guess in range(3):
            type_code(visitor, f"00000{guess}")
        type_code(visitor, code_in(texts(world)[-1]))
        world.clock.advance(timedelta(minutes=16))
    with world.context.reading() as session:
        assert mfa.methods(session, account_id)[0].usable


def test_a_code_by_mail_pays_for_an_unusual_sign_in_and_raises_nothing(world: World) -> None:
    """Where policy allows it, and no level must be reached: the sign-in goes on, still at level 1 (domain §5)."""
    account_id = _app_and_phone(world)
    policy(world, "email_factor_populations", ["provider"])
    bind(world, account_id, "email")
    strongly(world, TED)
    world.clock.advance(timedelta(minutes=2))
    visitor = world.browser(address="203.0.113.7")
    type_password(visitor, TED.user_id, PASSWORD, world.ticket(required_acr="urn:gatehouse:acr:1"))
    visitor.follow("Use another way")
    visitor.choose("Code by e-mail")
    visitor.press("Continue")
    sent = [mail.body for mail in world.mails() if mail.subject == "Your code"]
    type_code(visitor, code_in(sent[-1]))
    assert f"GET {world.origin}/account?came=back" in visitor.visited, "back where the app wanted"
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert "/login/prove" in visitor.address, "e-mail is no second factor"
    visitor.follow("Use another way")
    assert "Code by e-mail" not in visitor.text


def test_every_other_way_pays_for_it_as_well(world: World) -> None:
    """A recovery code at an unusual sign-in: proved, told to every address, and the level is two factors."""
    (account_id,) = world.seed(MEG)
    paper = recovery_set(world, account_id)
    strongly(world)
    world.clock.advance(timedelta(minutes=2))
    visitor = world.browser(address="203.0.113.7")
    type_password(visitor, MEG.user_id, PASSWORD, world.ticket(required_acr="urn:gatehouse:acr:1"))
    visitor.follow("Use another way")
    visitor.choose("Recovery code")
    visitor.press("Continue")
    visitor.fill("Recovery code", paper[0])
    visitor.press("Continue")
    assert visitor.address.endswith("/account?came=back")
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert visitor.address.endswith("/account?came=back")


def _app_and_phone(world: World) -> str:
    return with_phone(world, type(TED)(**{**vars(TED), "totp_secret": MEG.totp_secret}))


def _percent(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass"))
