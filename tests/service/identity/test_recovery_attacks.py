"""What strangers try at recovery: finding out who has an account, guessing, skipping steps, using others' proofs."""

import re
from copy import copy
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import event, text

from identity.accounts import service as accounts
from tests.service.identity.keyholders import pat_with_passkey
from tests.service.identity.recoveries import (
    NEW_PASSWORD,
    WRONG_CODE,
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
from tests.service.identity.world import MEG, PASSWORD, PAT, SECRET, World, type_password
from tests.support.pages import PageVisitor
from tests.support.passkey_script import Script

STRANGER = "nobody@elsewhere.example"


def told(visitor: PageVisitor) -> tuple[int, str, str, list[str], list[str]]:
    """Everything that a stranger can tell an answer by: status, address, words, headers, cookies."""
    plain = re.sub(r'value="[^"]{20,}"', "", visitor.text)
    return (
        visitor.answer.status_code,
        visitor.address,
        plain,
        sorted(name for name in visitor.answer.headers if name.lower() not in ("content-length", "x-request-id")),
        sorted(cookie.name for cookie in visitor.cookies.jar),
    )


def test_known_and_unknown_address_get_the_same_page_and_only_the_known_one_gets_mail(world: World) -> None:
    """Status, words, headers and cookies are the same (C1, threat 26, ASVS 6.3.8)."""
    world.seed(PAT)
    assert told(ask_for_user_id(world, PAT.email)) == told(ask_for_user_id(world, STRANGER))
    world.run_jobs()
    assert messages(world, STRANGER) == []
    assert subjects(world, PAT.email)[-1] == "Your user ID"


@pytest.mark.parametrize(
    ("user_id", "address"),
    [
        ("nobody.here", PAT.email),
        (PAT.user_id, STRANGER),
        (PAT.user_id.lower(), PAT.email),
        (PAT.user_id, MEG.email),
        ("nell.suspended", "nell.suspended@lakeside.example"),
    ],
)
def test_names_and_addresses_that_do_not_belong_together_look_like_those_that_do(
    world: World, user_id: str, address: str
) -> None:
    """Unknown, of somebody else, in another case, suspended: one page, no message (threat 26, ASVS 6.3.8)."""
    suspended = type(PAT)("nell.suspended", PASSWORD, "Nell", "nell.suspended@lakeside.example", active=True)
    _pat, _meg, nell = world.seed(PAT, MEG, suspended)
    with world.context.transaction() as work:
        accounts.suspend(work, nell, "reported")
    before = len(messages(world))
    known = forgot_password(world, PAT.user_id, "p" + PAT.email[1:])
    sent = len(messages(world))
    unknown = forgot_password(world, user_id, address)
    assert len(messages(world)) == sent > before
    shown = unknown.text.replace(_masked(unknown), "") == known.text.replace(_masked(known), "")
    assert shown and told(unknown)[:2] == told(known)[:2] and told(unknown)[3:] == told(known)[3:]
    for visitor in (known, unknown):
        type_code(visitor, WRONG_CODE)
    assert told(unknown)[:2] == told(known)[:2]


def test_the_page_does_the_same_work_for_names_that_nobody_has(world: World) -> None:
    """The same statements in the same order: time tells nothing either (threat 26, ASVS 6.3.8)."""
    world.seed(PAT)
    done: list[str] = []
    event.listen(world.context.database.engine, "before_cursor_execute", lambda *facts: done.append(str(facts[2])))
    seen = []
    for user_id, address in ((PAT.user_id, PAT.email), ("nobody.here", STRANGER)):
        visitor = world.browser()
        visitor.open("/recover/password")
        visitor.fill("User ID", user_id)
        visitor.fill("E-mail address or mobile number of your account", address)
        done.clear()
        visitor.press("Send a code")
        seen.append(list(done))
        done.clear()
        ask_for_user_id(world, address)
        seen.append(list(done))
        world.run_jobs()
        done.clear()
        visitor.open("/recover/code")
        seen.append(list(done))
        done.clear()
        type_code(visitor, WRONG_CODE)
        seen.append(list(done))
    assert seen[:4] == seen[4:] and all(seen)


def test_what_was_typed_is_encrypted_until_it_is_answered_and_gone_afterwards(world: World) -> None:
    """Somebody may type a password into the wrong field; no table, audit entry or event keeps it (ASVS 16.2.5)."""
    world.seed(PAT)
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", "my-secret-password")
    visitor.fill("E-mail address or mobile number of your account", STRANGER)
    visitor.press("Send a code")
    with world.context.reading() as session:
        (asked,) = session.execute(text("SELECT asked FROM recovery_requests")).one()
    assert "secret" not in asked and "elsewhere" not in asked
    world.run_jobs()
    with world.context.reading() as session:
        assert session.execute(text("SELECT count(*) FROM recovery_requests")).scalar_one() == 0
        rows = repr(session.execute(text("SELECT * FROM recoveries")).all())
        audit = repr(session.execute(text("SELECT * FROM audit_entries")).all())
    assert "my-secret-password" not in rows + audit and STRANGER not in rows + audit


@pytest.mark.parametrize("user_id", [PAT.user_id, "nobody.here"])
def test_five_wrong_codes_end_a_recovery(world: World, user_id: str) -> None:
    """The page counts down, then says to start again; the right code comes too late (threat 29, ASVS 6.6.3)."""
    world.seed(PAT)
    visitor = forgot_password(world, user_id, PAT.email)
    for left in (4, 3, 2, 1):
        type_code(visitor, WRONG_CODE)
        assert f"You can try {left} more time" in visitor.text
    type_code(visitor, WRONG_CODE)
    assert visitor.address.endswith("/recover/over") and "Start again" in visitor.text
    visitor.open("/recover/code")
    assert visitor.address.endswith("/recover/over")


def test_asking_again_does_not_give_guesses_without_end(world: World) -> None:
    """Twenty wrong codes a day for one name and address; then only the desk helps (SP 800-63B-4 §3.2.2)."""
    world.seed(PAT)
    for _ in range(4):
        visitor = forgot_password(world, PAT.user_id, PAT.email)
        for _ in range(5):
            type_code(visitor, WRONG_CODE)
        world.clock.advance(timedelta(minutes=40))
    refused = forgot_password(world, PAT.user_id, PAT.email)
    assert refused.answer.status_code == 429 and int(refused.answer.headers["Retry-After"]) > 3600


@pytest.mark.parametrize("user_id", [PAT.user_id, "nobody.here"])
def test_six_times_an_hour_is_once_too_often(world: World, user_id: str) -> None:
    """Per name and address, for names that nobody has too; another address is not stopped by it (C2, threat 28)."""
    world.seed(PAT)
    for _ in range(5):
        assert forgot_password(world, user_id, PAT.email).answer.status_code == 200
    refused = forgot_password(world, user_id, PAT.email)
    assert refused.answer.status_code == 429 and "Too many attempts" in refused.text
    assert 3000 < int(refused.answer.headers["Retry-After"]) <= 3600
    assert forgot_password(world, user_id, "(202) 555-0110").answer.status_code == 200
    world.clock.advance(timedelta(hours=1))
    assert forgot_password(world, user_id, PAT.email).answer.status_code == 200


def test_one_source_cannot_ask_for_everybody(world: World) -> None:
    """Thirty an hour from one network; a header does not change whose it is (threats 27, 29)."""
    for number in range(30):
        assert ask_for_user_id(world, f"somebody{number}@lakeside.example").answer.status_code == 200
    refused = world.browser()
    refused._http.headers["X-Forwarded-For"] = "198.51.100.1"
    assert forgot_password(world, PAT.user_id, PAT.email, refused).answer.status_code == 429
    elsewhere = world.browser(address="203.0.113.9")
    assert forgot_password(world, PAT.user_id, PAT.email, elsewhere).answer.status_code == 200


def test_a_code_of_one_recovery_opens_no_other(world: World) -> None:
    """Bound to the request that asked for it (threat 29, ASVS 6.6.2)."""
    world.seed(PAT)
    mine = forgot_password(world, PAT.user_id, PAT.email)
    other = forgot_password(world, PAT.user_id, PAT.email)
    first, second = codes_to(world, PAT.email)
    type_code(other, first)
    assert "This code does not fit" in other.text
    type_code(mine, first)
    assert mine.address.endswith("/recover/new-password")
    type_code(other, second)
    assert other.address.endswith("/recover/new-password")


def test_a_code_is_good_for_ten_minutes_and_a_recovery_for_thirty(world: World) -> None:
    """A late code does not open; a late password is not taken (ASVS 6.5.5, threat 33)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    code = last_code(world, PAT.email)
    world.clock.advance(timedelta(minutes=10, seconds=1))
    type_code(visitor, code)
    assert "This code does not fit" in visitor.text
    later = forgot_password(world, PAT.user_id, PAT.email)
    type_code(later, last_code(world, PAT.email))
    world.clock.advance(timedelta(minutes=31))
    choose_password(later)
    assert later.address.endswith("/recover/over")
    assert "/login" not in world.signed_in(PAT).address


def test_steps_cannot_be_skipped_and_are_not_taken_twice(world: World) -> None:
    """Later addresses lead back to the step that is missing; the done one stays done (threat 32)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    for path in ("/recover/new-password", "/recover/remove", "/recover/prove", "/recover/done"):
        visitor.open(path)
        assert visitor.address.endswith("/recover/code")
    type_code(visitor, last_code(world, PAT.email))
    kept = copy(visitor)
    choose_password(visitor)
    choose_password(kept, PASSWORD)
    assert kept.address.endswith("/recover/done")
    assert not world.signed_in(PAT).address.endswith("/account")


def test_without_its_cookie_a_recovery_is_nobody_s(world: World) -> None:
    """Knowing the addresses of the pages leads nowhere; a proof gives the cookie a new secret (threat 20)."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    before = visitor.cookies.get("gh_recovery")
    type_code(visitor, last_code(world, PAT.email))
    assert visitor.cookies.get("gh_recovery") != before
    for planted in (None, "guess", before):
        stranger = world.browser()
        if planted:
            stranger._http.cookies.set("gh_recovery", planted, domain="localhost.local")
        stranger.open("/recover/new-password")
        assert stranger.address.endswith("/recover/over")


def test_a_passkey_of_somebody_else_or_from_before_does_not_count(world: World) -> None:
    """The session must be the account's own, and shown since the recovery began (threat 32)."""
    script = pat_with_passkey(world)
    script.sign_in()
    world.clock.advance(timedelta(minutes=1))
    visitor = forgot_password(world, PAT.user_id, PAT.email, script.visitor)
    type_code(visitor, last_code(world, PAT.email))
    assert visitor.address.endswith("/recover/prove")
    other = world.browser()
    world.seed(MEG)
    forgot_password(world, MEG.user_id, MEG.email, other)
    type_code(other, last_code(world, MEG.email))
    Script(other, script.device).sign_in()
    other.open("/recover/new-password")
    assert other.address.endswith("/recover/prove")


def test_guesses_at_the_factor_are_those_of_sign_in(world: World) -> None:
    """Five wrong ones and the account's codes rest, wherever they are typed (threat 29, ASVS 6.3.4)."""
    world.seed(MEG)
    visitor = forgot_password(world, MEG.user_id, MEG.email)
    type_code(visitor, last_code(world, MEG.email))
    for _ in range(5):
        visitor.fill("6-digit code from your authenticator app", WRONG_CODE)
        visitor.press("Continue")
    visitor.fill("6-digit code from your authenticator app", world.code(SECRET))
    visitor.press("Continue")
    assert visitor.answer.status_code == 429 and int(visitor.answer.headers["Retry-After"]) > 0


def test_one_success_ends_every_other_attempt(world: World) -> None:
    """Codes and proofs of other browsers are worth nothing afterwards (threat 33)."""
    world.seed(PAT)
    other = forgot_password(world, PAT.user_id, PAT.email)
    type_code(other, last_code(world, PAT.email))
    recovered(world, PAT)
    choose_password(other, "nine herons wade at dusk")
    assert other.address.endswith("/recover/over")
    fresh = world.browser()
    type_password(fresh, PAT.user_id, NEW_PASSWORD)
    assert "/login" not in fresh.address


@pytest.mark.parametrize("path", ["/recover/password", "/recover/user-id", "/recover/lost", "/recover/code"])
def test_a_form_sent_from_another_site_changes_nothing(world: World, path: str) -> None:
    """No token, other origin: refused before anything is looked at (threat 21)."""
    client = httpx.Client(transport=httpx.WSGITransport(app=world.app), base_url=world.origin)
    answer = client.post(path, data={"user_id": PAT.user_id}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def _masked(visitor: PageVisitor) -> str:
    found = re.search(r"on the way to (\S+)\. It works", visitor.text)
    assert found, visitor.text
    return found.group(1)
