"""Pages of a service sign people in through identity, as any portal must: bound to the browser, once, for a while."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from shared.clock import SettableClock
from shared.crypto import sha256
from shared.db.floor import web_sessions
from shared.web import signin
from tests.support.issuer import ORIGIN, new_key
from tests.support.kiosk import Kiosk

PAGE = "/kiosk?tab=members&tab=all"


def begun(kiosk: Kiosk, answer: TestResponse) -> str:
    """The callback address that the issuer sends a begun sign-in to."""
    assert answer.headers["Location"].startswith(f"{ORIGIN}/oauth/authorize?")
    back = kiosk.follow(kiosk.browser(), answer.headers["Location"]).headers["Location"]
    return back.removeprefix(ORIGIN)


def sessions(kiosk: Kiosk) -> int:
    """How many page sessions there are."""
    with kiosk.context.reading() as session:
        return int(session.execute(select(func.count()).select_from(web_sessions)).scalar_one())


class TestTheWayIn:
    """From a page to identity and back."""

    def test_a_stranger_comes_back_to_the_page_they_wanted(self, kiosk: Kiosk) -> None:
        """Query included, signed in, with the facts of the ID token."""
        browser = kiosk.browser()
        answer = kiosk.visit(browser, PAGE)
        assert answer.request.full_path == PAGE
        assert answer.get_data(as_text=True) == "Casey Coordinator urn:gatehouse:acr:1 sid_1"
        assert browser.get("/kiosk").status_code == 200
        assert len(kiosk.issuer.authorizations) == 1

    def test_identity_is_asked_as_the_rfcs_say(self, kiosk: Kiosk) -> None:
        """Code flow, PKCE with S256, fresh state and nonce, the level of the page; nothing cached on the way."""
        answers = [kiosk.browser().get("/kiosk/strong") for _ in range(2)]
        first, second = (dict(parse_qsl(urlsplit(answer.headers["Location"]).query)) for answer in answers)
        assert first["response_type"] == "code"
        assert first["client_id"] == "kiosk"
        assert first["redirect_uri"] == f"{ORIGIN}/kiosk/callback"
        assert first["code_challenge_method"] == "S256"
        assert first["acr_values"] == "urn:gatehouse:acr:2"
        assert "openid" in first["scope"].split()
        assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))
        assert answers[0].headers["Cache-Control"] == "no-store"

    def test_the_cookie_is_out_of_reach(self, kiosk: Kiosk) -> None:
        """HttpOnly, SameSite=Lax, for the session of the browser; its value is not what the table holds."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        cookie = browser.get_cookie("gh_kiosk")
        assert cookie is not None
        assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", None)
        with kiosk.context.reading() as session:
            assert cookie.value not in session.execute(select(web_sessions.c.id)).scalars().all()


class TestWhatIsRefused:
    """Nobody is signed in by an answer that is not theirs."""

    def test_an_answer_belongs_to_the_browser_that_asked(self, kiosk: Kiosk) -> None:
        """Somebody else's callback link (login CSRF) signs nobody in: it begins anew."""
        back = begun(kiosk, kiosk.browser().get("/kiosk"))
        victim = kiosk.browser()
        answer = victim.get(back)
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/kiosk"
        assert victim.get_cookie("gh_kiosk") is None
        assert sessions(kiosk) == 0

    def test_an_answer_counts_once(self, kiosk: Kiosk) -> None:
        """The back button, or somebody who copied the address, gets a new beginning, not a session."""
        browser = kiosk.browser()
        back = begun(kiosk, browser.get("/kiosk"))
        assert browser.get(back).headers["Location"] == "/kiosk"
        cookie = browser.get_cookie("gh_kiosk")
        assert browser.get(back).status_code == 303
        assert browser.get_cookie("gh_kiosk") == cookie
        assert sessions(kiosk) == 1
        assert kiosk.issuer.redeemed == 1

    def test_an_answer_that_took_too_long_begins_anew(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """Ten minutes, without an error page."""
        browser = kiosk.browser()
        back = begun(kiosk, browser.get("/kiosk"))
        clock.advance(timedelta(minutes=10))
        assert browser.get(back).headers["Location"] == "/kiosk"
        assert sessions(kiosk) == 0

    @pytest.mark.parametrize("iss", ["https://evil.example", ""])
    def test_an_answer_of_another_issuer_is_refused(self, kiosk: Kiosk, iss: str) -> None:
        """Mix-up (RFC 9207): the code goes to nobody."""
        kiosk.issuer.callback["iss"] = iss
        answer = kiosk.visit(kiosk.browser(), "/kiosk")
        assert answer.status_code == 400
        assert kiosk.issuer.count("/oauth/token") == 0

    def test_a_refusal_of_identity_is_told(self, kiosk: Kiosk) -> None:
        """403 with its reason, escaped."""
        kiosk.issuer.callback = {"code": "", "error": "access_denied", "error_description": "Not <b>now</b>."}
        answer = kiosk.visit(kiosk.browser(), "/kiosk")
        assert answer.status_code == 403
        assert "Not &lt;b&gt;now&lt;/b&gt;." in answer.get_data(as_text=True)

    @pytest.mark.parametrize(
        "bent",
        [
            {"iss": "https://evil.example"},
            {"aud": "portal"},
            {"nonce": "another"},
            {"exp": 1},
            {"exp": None},
            {"exp": "soon"},
            {"auth_time": None},
            {"sub": None},
            {"sub": ""},
        ],
        ids=str,
    )
    def test_an_id_token_that_does_not_fit_signs_nobody_in(self, kiosk: Kiosk, bent: dict[str, object]) -> None:
        """OIDC Core §3.1.3.7, every claim we rely on."""
        kiosk.issuer.claims = bent
        browser = kiosk.browser()
        assert kiosk.visit(browser, "/kiosk").status_code == 403
        assert browser.get_cookie("gh_kiosk") is None

    def test_an_id_token_of_a_stranger_s_key_signs_nobody_in(self, kiosk: Kiosk) -> None:
        """The signature is checked although the token came straight from the endpoint."""
        browser = kiosk.browser()
        back = begun(kiosk, browser.get("/kiosk"))
        kiosk.issuer.keys.append(new_key(str(kiosk.issuer.keys[0].kid)))
        kiosk.issuer.published = 1
        assert browser.get(back).status_code == 403

    def test_identity_that_is_away_is_said_to_be(self, kiosk: Kiosk) -> None:
        """A page, not a crash; a moment later it works."""
        browser = kiosk.browser()
        back = begun(kiosk, browser.get("/kiosk"))
        kiosk.issuer.away = True
        assert browser.get(back).status_code == 503
        kiosk.issuer.away = False
        assert kiosk.visit(browser, "/kiosk").status_code == 200


class TestWhoMayComeIn:
    """Level, population, freshness."""

    def test_another_population_is_refused(self, kiosk: Kiosk) -> None:
        """403, and no second round to identity: signing in again would change nothing."""
        browser = kiosk.browser()
        assert kiosk.visit(browser, "/kiosk/staff").status_code == 403
        kiosk.issuer.sits(population="staff", account_id="acc_desk")
        assert kiosk.visit(kiosk.browser(), "/kiosk/staff").status_code == 200

    def test_a_weak_sign_in_is_strengthened(self, kiosk: Kiosk) -> None:
        """The stronger sign-in replaces the weaker, under a new cookie, in one row."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        weak = browser.get_cookie("gh_kiosk")
        kiosk.issuer.sits(acr="urn:gatehouse:acr:2")
        assert "acr:2" in kiosk.visit(browser, "/kiosk/strong").get_data(as_text=True)
        assert browser.get_cookie("gh_kiosk") != weak
        assert sessions(kiosk) == 1
        assert kiosk.visit(browser, "/kiosk").status_code == 200

    def test_an_answer_that_is_still_too_weak_is_no_circle(self, kiosk: Kiosk) -> None:
        """Whoever cannot reach the level is told so, instead of travelling to and fro."""
        assert kiosk.visit(kiosk.browser(), "/kiosk/strong").status_code == 403

    def test_an_old_sign_in_is_renewed_where_a_page_asks_for_it(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """`max_age` goes to identity; the other pages do not mind."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk/lately")
        clock.advance(timedelta(minutes=6))
        assert kiosk.visit(browser, "/kiosk").status_code == 200
        assert len(kiosk.issuer.authorizations) == 1
        assert kiosk.visit(browser, "/kiosk/lately").status_code == 200
        assert kiosk.issuer.authorizations[-1]["max_age"] == "300"

    def test_the_organization_stays_with_the_person(self, kiosk: Kiosk) -> None:
        """A stronger sign-in of the same person keeps it; another person at the browser does not inherit it."""
        for account, kept in (("acc_casey", "org_1"), ("acc_other", None)):
            browser = kiosk.browser()
            kiosk.issuer.sits(acr="urn:gatehouse:acr:1", account_id="acc_casey")
            kiosk.visit(browser, "/kiosk")
            with kiosk.context.transaction() as work:
                work.session.execute(update(web_sessions).values(organization_id="org_1"))
            kiosk.issuer.sits(acr="urn:gatehouse:acr:2", account_id=account)
            kiosk.visit(browser, "/kiosk/strong")
            cookie = browser.get_cookie("gh_kiosk")
            assert cookie is not None
            mine = web_sessions.c.id == sha256(cookie.value)
            with kiosk.context.reading() as session:
                assert session.execute(select(web_sessions.c.organization_id).where(mine)).scalar_one() == kept


class TestTheEnd:
    """A session ends with identity's, with time, or by its owner's wish."""

    def test_a_session_that_identity_ended_is_over_here(self, kiosk: Kiosk) -> None:
        """The next page asks identity again; other people's sessions go on."""
        browser, other = kiosk.browser(), kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        kiosk.issuer.sits(sid="sid_2")
        kiosk.visit(other, "/kiosk")
        kiosk.hear_session_ended("sid_1")
        assert browser.get("/kiosk").status_code == 303
        assert other.get("/kiosk").status_code == 200

    def test_a_session_ends_after_half_an_hour_without_use(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """Every use counts, to the minute."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        for _ in range(5):
            clock.advance(timedelta(minutes=28))
            assert browser.get("/kiosk").status_code == 200
        clock.advance(timedelta(minutes=30))
        assert browser.get("/kiosk").status_code == 303

    def test_a_session_ends_after_twelve_hours_however_busy(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """And its row is swept."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        for _ in range(12 * 3 - 1):
            clock.advance(timedelta(minutes=20))
            assert browser.get("/kiosk").status_code == 200
        clock.advance(timedelta(minutes=20))
        assert browser.get("/kiosk").status_code == 303
        clock.advance(timedelta(seconds=1))
        assert signin.housekeeping(kiosk.context) == 1
        assert sessions(kiosk) == 0

    def test_signing_out_ends_it_here_and_at_identity(self, kiosk: Kiosk) -> None:
        """The browser is sent on with the ID token as hint (RP-initiated logout)."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        token = browser.get("/kiosk/home").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
        answer = browser.post("/kiosk/signout", data={"csrf_token": token}, headers={"Origin": ORIGIN})
        sent = urlsplit(answer.headers["Location"])
        assert f"{sent.scheme}://{sent.netloc}{sent.path}" == f"{ORIGIN}/oauth/logout"
        assert {"id_token_hint", "client_id"} <= set(dict(parse_qsl(sent.query)))
        assert sessions(kiosk) == 0
        assert browser.get("/kiosk").status_code == 303

    def test_signing_out_needs_our_own_form(self, kiosk: Kiosk) -> None:
        """Another site cannot sign people out."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        assert browser.post("/kiosk/signout", headers={"Origin": "https://evil.example"}).status_code == 403
        assert browser.get("/kiosk").status_code == 200

    @pytest.mark.parametrize("cookie", ["", "x", "é" * 40, "a" * 4000])
    def test_a_cookie_that_is_none_of_ours_is_nobody(self, kiosk: Kiosk, cookie: str) -> None:
        """Whatever it holds."""
        browser = kiosk.browser()
        browser.set_cookie("gh_kiosk", cookie)
        assert browser.get("/kiosk").status_code == 303
