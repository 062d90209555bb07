"""Living sessions: listed and ended by programs, held to their time-outs, and what a sensitive page asks (A4, A7)."""

from datetime import timedelta

import pytest

from identity.accounts import service as accounts
from identity.devices.browser import Browser
from identity.mfa import service as mfa
from identity.mfa.models import note_failure
from identity.mfa.webauthn.models import Passkey
from identity.sessions import service as sessions
from tests.service.identity.world import MEG, PAT, World, cookies, type_code, type_password

API = "/api/identity/v1/accounts"
SENSITIVE = "/account/methods/password"


class TestPrograms:
    """The API of operators' programs (A4)."""

    def test_every_living_session_is_listed_the_last_used_first(self, world: World) -> None:
        """Device, rough place, strength, first and last use; nothing secret and no address of a browser."""
        (pat,) = world.seed(PAT)
        browser = Browser(None, "Chrome on Windows", "192.0.2.10", "AS64500", place="Columbus, Ohio")
        with world.context.transaction() as work:
            sessions.open_session(work, pat, ("pwd",), work.now, browser=browser, reasons=("new_device",))
        world.clock.advance(timedelta(minutes=5))
        world.signed_in(PAT)
        answer = world.api("sessions.manage").get(f"{API}/{pat}/sessions")
        second, first = answer.json()["sessions"]
        assert first["label"] == "Chrome on Windows" and first["place"] == "Columbus, Ohio"
        assert first["reasons"] == ["new_device"] and first["amr"] == ["pwd"]
        assert first["started_at"] < second["started_at"] and first["idle_seconds"] == 3600
        assert "192.0.2.10" not in answer.text and "token_hash" not in answer.text

    def test_one_is_ended_and_the_other_works(self, world: World) -> None:
        """A4, ASVS 7.4.5: from two browsers; the ended one's next request leads to sign-in."""
        (pat,) = world.seed(PAT)
        first, second = world.signed_in(PAT), world.signed_in(PAT)
        caller = world.api("sessions.manage")
        listed = caller.get(f"{API}/{pat}/sessions").json()["sessions"]
        (mine,) = [
            one["session_id"] for one in listed if one["session_id"] == world.published("session.started")[0].subject
        ]
        assert caller.delete(f"{API}/{pat}/sessions/{mine}").status_code == 204
        first.open("/account")
        second.open("/account")
        assert "/login" in first.address and second.address.endswith("/account")
        (ended,) = world.published("session.ended")
        assert ended.data["reason"] == "ended_by_administrator"
        assert caller.delete(f"{API}/{pat}/sessions/{mine}").status_code == 404

    def test_all_are_ended_at_once(self, world: World) -> None:
        """ASVS 7.4.5: each app hears of each, once."""
        (pat,) = world.seed(PAT)
        browsers = [world.signed_in(PAT) for _ in range(3)]
        assert world.api("sessions.manage").delete(f"{API}/{pat}/sessions").json() == {"ended": 3}
        for each in browsers:
            each.open("/account")
            assert "/login" in each.address
        assert len(world.published("session.ended")) == 3

    def test_only_the_account_s_own_sessions(self, world: World) -> None:
        """threat 35: another account's session is not found, nor is an account that is none."""
        pat, meg = world.seed(PAT, MEG)
        world.signed_in(PAT)
        (one,) = [event.subject for event in world.published("session.started")]
        caller = world.api("sessions.manage")
        assert caller.delete(f"{API}/{meg}/sessions/{one}").status_code == 404
        for method, path in (("GET", "acc_nobody/sessions"), ("DELETE", "acc_nobody/sessions")):
            assert caller.request(method, f"{API}/{path}").status_code == 404
        assert not world.published("session.ended") and pat != meg

    @pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("DELETE", ""), ("DELETE", "/ses_1")])
    def test_only_with_the_scope(self, world: World, method: str, rest: str) -> None:
        """Using a session is another scope than managing them."""
        (pat,) = world.seed(PAT)
        for scope in ("sessions.use", "accounts.read"):
            assert world.api(scope).request(method, f"{API}/{pat}/sessions{rest}").status_code == 403

    def test_a_person_s_token_is_no_program(self, world: World) -> None:
        """threat 36: whatever scopes an app asked for, its person does not manage sessions by it."""
        (pat,) = world.seed(PAT)
        caller = world.api("sessions.manage", "sessions.use", person=pat)
        for method, path in (
            ("GET", f"{API}/{pat}/sessions"),
            ("DELETE", f"{API}/{pat}/sessions"),
            ("DELETE", f"{API}/{pat}/sessions/ses_1"),
            ("GET", "/api/identity/v1/sessions/ses_1"),
            ("POST", "/api/identity/v1/sessions/ses_1/use"),
        ):
            assert caller.request(method, path).status_code == 403, path


class TestSensitivePages:
    """A7, ASVS 7.5.1: what changes who may be whom asks for proof, as strong as the account can give, and lately."""

    def test_twenty_minutes_later_the_password_is_asked_again(self, world: World) -> None:
        """Other pages go on; afterwards the browser is back where it wanted to be."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open(SENSITIVE)
        assert visitor.address.endswith(SENSITIVE)
        world.clock.advance(timedelta(minutes=20, seconds=1))
        visitor.open("/account")
        assert visitor.address.endswith("/account")
        visitor.open(SENSITIVE)
        assert "/login?" in visitor.address
        visitor.fill("User ID", PAT.user_id)
        visitor.fill("Password", PAT.password)
        visitor.press("Sign in")
        assert visitor.address.endswith(SENSITIVE)

    def test_attack_20_the_proof_changes_the_secret(self, world: World) -> None:
        """threat 20, ASVS 7.2.4: a cookie from before the step-up is nobody's after it."""
        world.seed(MEG)
        visitor = world.signed_in(MEG)
        before = set(cookies(visitor))
        type_code(visitor, world.code())
        after = set(cookies(visitor))
        assert before and after and not before & after
        thief = world.browser()
        thief.cookies.set("gh_session", before.pop(), domain="localhost.local")
        thief.open("/account")
        assert "/login" in thief.address

    def test_who_has_a_second_factor_needs_it_on_a_remembered_device_too(self, world: World) -> None:
        """A8: remembering a device never skips a step-up; the password alone is not the strongest they can."""
        world.seed(MEG)
        visitor = world.browser()
        type_password(visitor, MEG.user_id, MEG.password, world.ticket(return_path="/account/language"))
        visitor.open(SENSITIVE)
        assert "/login/prove" in visitor.address

    def test_a_factor_that_was_disabled_still_counts(self, world: World) -> None:
        """threat 32: wrong codes that disable somebody's app do not make their password enough."""
        (meg,) = world.seed(MEG)
        visitor = world.signed_in(MEG)
        with world.context.transaction() as work:
            work.session.execute(note_failure(meg, "authenticator_app").values(failures=100))
        visitor.open(SENSITIVE)
        assert "/login" in visitor.address and visitor.answer.status_code != 500

    def test_any_two_factors_are_enough_also_for_who_has_a_passkey(self, world: World) -> None:
        """NIST 800-63B-4 §4.1.2: both are level 2, and who lost the passkey must be able to remove it with the app."""
        (meg,) = world.seed(MEG)
        visitor = world.signed_in(MEG)
        visitor.open(SENSITIVE)
        assert "/login/prove" in visitor.address, "a password alone is not"
        with world.context.transaction() as work:
            facts = {"public_key": b"x", "sign_count": 1, "backup_eligible": True, "backed_up": True, "transports": []}
            work.session.add(
                Passkey(id="pky_1", account_id=meg, credential_id="c", name="Laptop", added_at=work.now, **facts)
            )
        visitor.open("/login/prove?by=" + _app_of(world, meg))
        type_code(visitor, world.code())
        visitor.open(SENSITIVE)
        assert visitor.address.endswith(SENSITIVE)

    def test_a_factor_held_back_changes_no_contact(self, world: World) -> None:
        """B6: after a recovery, what was bound since opens neither contact points nor the closing of the account."""
        (pat,) = world.seed(PAT)
        visitor = world.signed_in(PAT)
        with world.context.transaction() as work:
            mfa.remove_all(work, pat, "recovered_at_desk", work.now + timedelta(hours=24))
        visitor.open("/account/close")
        assert visitor.answer.status_code == 403 and "set up after a recovery" in visitor.text
        world.clock.advance(timedelta(hours=24))
        again = world.signed_in(PAT)
        again.open("/account/close")
        assert again.answer.status_code == 200

    def test_the_form_of_a_page_that_became_too_old_leads_back_to_its_page(self, world: World) -> None:
        """A POST cannot be repeated after signing in; the nearest page above it can."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open("/account/apps")
        token = visitor.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
        with world.context.transaction() as work:
            sessions.end(work, world.published("session.started")[0].subject, "signed_out")
        path = f"{world.origin}/account/apps/portal/disconnect"
        answer = visitor._http.post(path, data={"csrf_token": token}, headers={"Origin": world.origin})
        assert answer.status_code == 303
        visitor.open(answer.headers["Location"])
        visitor.fill("User ID", PAT.user_id)
        visitor.fill("Password", PAT.password)
        visitor.press("Sign in")
        assert visitor.address.endswith("/account/apps")


class TestTheHeldAndTheClosed:
    """threat 53, ASVS 7.4.2."""

    @pytest.mark.parametrize("act", [accounts.suspend, accounts.close], ids=["held", "closed"])
    def test_no_page_and_no_countdown_for_them(self, world: World, act: object) -> None:
        """From the moment of the act, whoever ends the sessions and when."""
        (pat,) = world.seed(PAT)
        visitor = world.signed_in(PAT)
        with world.context.transaction() as work:
            act(work, pat, "left_the_practice")  # type: ignore[operator]
        assert visitor._http.get(f"{world.origin}/account/session").json() == {"seconds": 0}
        visitor.open("/account")
        assert "/login" in visitor.address


def test_a_session_left_too_long_is_not_brought_back_by_use(world: World) -> None:
    """A use that comes a second too late is none, though no worker has ended the session yet (ASVS 7.3.1)."""
    (pat,) = world.seed(PAT)
    world.signed_in(PAT)
    session_id = world.session_of(pat)
    world.clock.advance(timedelta(minutes=60))
    with world.context.transaction() as work:
        assert not sessions.touch(work, session_id)
    with world.context.reading() as session:
        assert sessions.by_id(session, session_id, world.clock.now()) is None


def test_attack_22_no_page_of_the_account_can_be_framed(world: World) -> None:
    """threat 22: also the ones that refuse and the ones that are not there."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    for path in ("/account", "/account/apps", "/logout/idle", "/account/nothing", "/account/session"):
        visitor.open(path)
        headers = visitor.answer.headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Frame-Options"] == "DENY", path


def test_the_sign_in_page_says_that_time_signed_one_out(world: World) -> None:
    """Without scripts too, before and after the worker has ended the session; and never whose it was (A5)."""
    world.seed(PAT)
    said = "Nothing happened for a while, so we signed you out"
    visitor = world.browser()
    visitor.open("/login")
    assert said not in visitor.text
    type_password(visitor, PAT.user_id, PAT.password)
    world.clock.advance(timedelta(minutes=61))
    for _ in range(2):
        visitor.open("/account")
        assert said in visitor.text and "Pat" not in visitor.answer.text
        world.run_jobs()
    type_password(visitor, PAT.user_id, PAT.password)
    visitor.open("/logout")
    visitor.press("Sign out")
    visitor.open("/login")
    assert said not in visitor.text


@pytest.mark.parametrize("cookie", ["", "x", "s" * 43, "s" * 5000])
def test_a_cookie_of_nobody_s_was_never_signed_out(world: World, cookie: str) -> None:
    """A made-up secret is told nothing."""
    visitor = world.browser()
    visitor.cookies.set("gh_session", cookie, domain="localhost.local")
    visitor.open("/login")
    assert visitor.answer.status_code == 200 and "signed you out" not in visitor.text


def _app_of(world: World, account_id: str) -> str:
    """The id of the person's authenticator app."""
    with world.context.reading() as session:
        return next(one.id for one in mfa.methods(session, account_id) if one.kind == "authenticator_app")
