"""Sessions from a browser's side: the cookie, use, time, the end, and what a ticket may say."""

from datetime import timedelta
from pathlib import Path

import pytest

from identity.sessions import service as sessions
from identity.sessions.ticket import BadTicket, Ticket, read, sign
from tests.service.identity.world import KEEP, PAT, World, cookies

KEY = KEEP.encode()


def test_the_cookie_is_for_this_browser_session_and_no_script(world: World) -> None:
    """HttpOnly, Lax, whole host, gone when the browser closes; the secret has at least 128 bits (ASVS 7.2.3)."""
    world.seed(PAT)
    visitor = world.browser()
    header = _cookie_set_at_sign_in(world)
    assert header.startswith("gh_session=") and "HttpOnly" in header and "SameSite=Lax" in header
    assert "Path=/" in header and "Max-Age" not in header and "Expires" not in header
    assert len(header.split("=", 1)[1].split(";")[0]) >= 43
    assert visitor is not None


def test_on_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    """`__Host-` and Secure (SP 800-63B-4 §5.1)."""
    world = World(tmp_path, origin="https://auth.example.com")
    world.seed(PAT)
    header = _cookie_set_at_sign_in(world)
    assert header.startswith("__Host-gh_session=") and "Secure" in header
    world.close()


def test_a_session_left_alone_ends_and_one_in_use_goes_on(world: World) -> None:
    """An hour without use ends it; use prolongs it, but never beyond twelve hours (SP 800-63B-4 §2.2.3)."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    for _ in range(13):
        world.clock.advance(timedelta(minutes=50))
        visitor.open("/account")
        assert visitor.address.endswith("/account")
    world.clock.advance(timedelta(minutes=61))
    visitor.open("/account")
    assert "/login" in visitor.address


def test_no_session_outlives_twelve_hours(world: World) -> None:
    """However busy."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    for _ in range(15):
        world.clock.advance(timedelta(minutes=49))
        visitor.open("/account")
    assert "/login" in visitor.address


def test_the_worker_tells_the_portals_of_sessions_that_time_has_ended(world: World) -> None:
    """Once, with the reason."""
    world.seed(PAT)
    world.signed_in(PAT)
    world.clock.advance(timedelta(minutes=61))
    world.run_jobs()
    world.run_jobs()
    (ended,) = world.published("session.ended")
    assert ended.data["reason"] == "timed_out" and ended.sequence == 2


def test_signing_out_asks_first_then_ends_the_session_everywhere(world: World) -> None:
    """GET ends nothing (threat 18); POST ends the session, publishes it and clears what pages left."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open("/logout")
    assert "Sign out everywhere?" in visitor.text and not world.published("session.ended")
    secrets = set(cookies(visitor))
    visitor.press("Sign out")
    assert "You are signed out" in visitor.text
    (ended,) = world.published("session.ended")
    assert ended.data["reason"] == "signed_out"
    thief = world.browser()
    thief.cookies.set("gh_session", secrets.pop(), domain="localhost.local")
    thief.open("/account")
    assert "/login" in thief.address


def test_signing_out_twice_is_no_error_and_no_second_event(world: World) -> None:
    """The button of a page left open says the same as the first time."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open("/logout")
    other = world.browser()
    other._http.cookies = visitor._http.cookies
    other.open("/logout")
    visitor.press("Sign out")
    other.press("Sign out")
    assert "You are signed out" in other.text
    assert len(world.published("session.ended")) == 1


def test_signing_out_clears_the_browser(world: World) -> None:
    """Cache and storage of our pages go; other sites' cookies stay."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open("/account")
    token = visitor.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = visitor._http.post(f"{world.origin}/logout", data={"csrf_token": token}, headers={"Origin": world.origin})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_sessions_are_ended_once_by_many_rivals(world: World) -> None:
    """Whoever comes second changes nothing and publishes nothing."""
    (pat,) = world.seed(PAT)
    world.signed_in(PAT)
    with world.context.transaction() as work:
        open_one = world.session_of(pat)
        assert [sessions.end(work, open_one, "signed_out") for _ in range(3)] == [True, False, False]
        assert sessions.raise_assurance(work, open_one, ("otp",), work.now) is None
        assert not sessions.choose_organization(work, open_one, "org_clinic")
    assert len(world.published("session.ended")) == 1


def test_the_way_in_leads_to_sign_in_or_to_the_account(world: World) -> None:
    """`/` shows nothing of its own."""
    world.seed(PAT)
    visitor = world.browser()
    visitor.open("/")
    assert visitor.address.endswith("/login")
    visitor = world.signed_in(PAT)
    visitor.open("/")
    assert visitor.address.endswith("/account")


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/oauth/authorize",
        "//evil.example/oauth/authorize",
        "/\\evil.example",
        "/oauth/authorize/../../evil",
        "/oauth/authorizer",
        "/manage",
        "/oauth/authorize\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_ticket_never_leads_elsewhere(world: World, path: str) -> None:
    """Neither when it is signed nor when it is read (threat 25)."""
    with pytest.raises(BadTicket):
        sign(Ticket(path), key=KEY, now=world.clock.now())


def test_a_ticket_says_what_was_signed_for_half_an_hour(world: World) -> None:
    """Every demand survives the way through the browser; then the ticket is over."""
    now = world.clock.now()
    ticket = Ticket("/oauth/authorize?state=ä%0a", "Portal", "urn:gatehouse:acr:2", now, "pat", "https://app.example")
    text = sign(ticket, key=KEY, now=now)
    assert read(text, keys=[b"another key", KEY], now=now + timedelta(minutes=29)) == ticket
    with pytest.raises(BadTicket):
        read(text, keys=[KEY], now=now + timedelta(minutes=30))


@pytest.mark.parametrize("change", ["x", "", "a.b", ".", "é", "a" * 9000])
def test_an_altered_ticket_is_refused_in_words(world: World, change: str) -> None:
    """No redirect, no form; the person is told to start again."""
    visitor = world.browser()
    good = world.ticket().removeprefix("/login?ticket=")
    visitor.open(
        f"/login?ticket={change + good if change != 'x' else good[:-1] + 'A' + 'A'}" if change else "/login?ticket=."
    )
    assert visitor.answer.status_code == 400
    assert "This sign-in link cannot be used" in visitor.text


def test_forms_may_end_at_the_app_that_asked_and_nowhere_else(world: World) -> None:
    """`form-action` names the registered origin for this sign-in only (experience §2.4)."""
    visitor = world.browser()
    visitor.open(world.ticket(app_origin="http://localhost:5000"))
    assert "form-action 'self' http://localhost:5000" in visitor.answer.headers["Content-Security-Policy"]
    visitor.open("/login")
    assert visitor.answer.headers["Content-Security-Policy"].endswith("form-action 'self'")


def _cookie_set_at_sign_in(world: World) -> str:
    visitor = world.browser()
    visitor.open("/login")
    token = visitor.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "user_id": PAT.user_id, "password": PAT.password}
    answer = visitor._http.post(f"{world.origin}/login", data=form, headers={"Origin": world.origin})
    assert answer.status_code == 303, answer.text
    return next(value for value in answer.headers.get_list("Set-Cookie") if "gh_session" in value)


def test_sessions_that_ended_long_ago_are_forgotten(world: World) -> None:
    """Kept for a while for whoever asks what happened, then gone; the audit still knows. Living ones stay."""
    world.seed(PAT)
    world.signed_in(PAT)
    world.clock.advance(timedelta(hours=13))
    world.run_jobs()
    world.clock.advance(sessions.KEPT - timedelta(hours=1))
    assert sessions.forget_ended(world.context) == 0
    living = world.signed_in(PAT)
    world.clock.advance(timedelta(hours=1, seconds=1))
    assert sessions.forget_ended(world.context) == 1
    living.open("/account")
    assert living.address.endswith("/account") or "/login" in living.address
    assert "session.ended" in [action for action, _ in world.audited()]


def test_a_whole_office_that_goes_home_is_signed_out_in_one_run(world: World) -> None:
    """More than one transaction takes: their apps are told within the minute, and not two hundred a minute."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        for _ in range(205):
            sessions.open_session(work, pat, ("pwd",), work.now)
    world.clock.advance(timedelta(minutes=61))
    assert sessions.end_timed_out(world.context) == 205
    assert sessions.end_timed_out(world.context) == 0
    assert len(world.published("session.ended")) == 205
