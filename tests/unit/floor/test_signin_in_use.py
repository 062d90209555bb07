"""Page sessions and identity's: use is told, time-outs are identity's, and what identity ended is over."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from shared.clock import SettableClock
from shared.db.floor import web_sessions
from tests.support.issuer import ORIGIN
from tests.support.kiosk import Kiosk

USE = "/api/identity/v1/sessions/sid_1/use"
LOOK = "/api/identity/v1/sessions/sid_1"


def rows(kiosk: Kiosk) -> int:
    """How many page sessions there are."""
    with kiosk.context.reading() as session:
        return int(session.execute(select(func.count()).select_from(web_sessions)).scalar_one())


def csrf(answer: TestResponse) -> str:
    """The form token of a page."""
    return answer.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]


class TestUse:
    """Identity is told that its session is in use."""

    def test_once_a_minute_and_not_more(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """Ten pages in a minute are one call; without use there is none."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        before = kiosk.issuer.count(USE)
        for _ in range(10):
            browser.get("/kiosk")
        assert kiosk.issuer.count(USE) == before
        for _ in range(3):
            clock.advance(timedelta(seconds=61))
            browser.get("/kiosk")
            browser.get("/kiosk")
        assert kiosk.issuer.count(USE) == before + 3

    @pytest.mark.parametrize("minutes", [5, 60])
    def test_the_idle_time_is_the_one_identity_names(self, kiosk: Kiosk, clock: SettableClock, minutes: int) -> None:
        """A3: an organization's five minutes hold on our pages too, and so does an hour."""
        kiosk.issuer.idle = timedelta(minutes=minutes)
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        for _ in range(3):
            clock.advance(timedelta(minutes=minutes - 1))
            assert browser.get("/kiosk").status_code == 200
        clock.advance(timedelta(minutes=minutes, seconds=1))
        assert browser.get("/kiosk").status_code == 303

    def test_identity_away_ends_nothing_for_a_while(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """A restart of identity signs nobody out; the row's own time-outs hold."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        kiosk.issuer.away = True
        for _ in range(3):
            clock.advance(timedelta(minutes=20))
            assert browser.get("/kiosk").status_code == 200
        clock.advance(timedelta(minutes=30))
        assert browser.get("/kiosk").status_code == 303

    def test_an_identity_that_does_not_know_the_question_ends_nothing(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """Half of an upgrade: its 404 is not the word that a session is over."""
        kiosk.issuer.knows_sessions = False
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        clock.advance(timedelta(minutes=10))
        assert browser.get("/kiosk").status_code == 200


class TestTheEndComesOutOfOrder:
    """threat 53: a session that identity ended must not live on because its end was heard too early, or never."""

    def test_an_end_heard_before_there_was_a_row(self, kiosk: Kiosk) -> None:
        """The event finds nothing to end; the callback asks afterwards, drops its row and lets identity decide."""
        browser = kiosk.browser()
        back = kiosk.follow(browser, browser.get("/kiosk").headers["Location"]).headers["Location"]
        kiosk.issuer.ended.add("sid_1")
        kiosk.hear_session_ended("sid_1")
        answer = browser.get(back.removeprefix(ORIGIN))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk")
        assert rows(kiosk) == 0 and browser.get_cookie("gh_kiosk") is None

    def test_an_end_never_heard_is_noticed_at_the_next_use(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """Within a minute of use, broker or not."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        kiosk.issuer.ended.add("sid_1")
        clock.advance(timedelta(seconds=61))
        assert browser.get("/kiosk").headers["Location"].startswith(f"{ORIGIN}/oauth/authorize")
        assert rows(kiosk) == 0


class TestTheCountdown:
    """What the dialog of every page asks."""

    def test_a_page_says_how_long_and_where_to(self, kiosk: Kiosk) -> None:
        """Seconds, the address to ask, and the page that explains, which leads back here."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        text = browser.get("/kiosk/home?tab=members").get_data(as_text=True)
        assert 'data-session="1800"' in text and 'data-url="/kiosk/session"' in text
        assert f'data-ended="{ORIGIN}/logout/idle?minutes=30&amp;back=%2Fkiosk%2Fhome%3Ftab%3Dmembers"' in text

    def test_asking_is_not_use_and_pressing_is(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """WCAG 2.2.1: one press gives the whole time again."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        token = csrf(browser.get("/kiosk/home"))
        before = kiosk.issuer.count(USE)
        clock.advance(timedelta(minutes=28))
        assert browser.get("/kiosk/session").get_json() == {"seconds": 120}
        assert kiosk.issuer.count(USE) == before
        headers = {"X-CSRF-Token": token, "Origin": ORIGIN}
        assert browser.post("/kiosk/session", headers=headers).get_json() == {"seconds": 1800}
        assert kiosk.issuer.count(USE) == before + 1

    def test_work_in_another_app_counts(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """Identity knows of all apps; this page need not warn."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        clock.advance(timedelta(minutes=28))
        kiosk.issuer.used["sid_1"] = clock.now()
        assert browser.get("/kiosk/session").get_json() == {"seconds": 1800}

    def test_nobody_has_no_time_left(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """A stranger, a session that is over here, one that is over at identity: zero, and no error."""
        assert kiosk.browser().get("/kiosk/session").get_json() == {"seconds": 0}
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        token = csrf(browser.get("/kiosk/home"))
        kiosk.issuer.ended.add("sid_1")
        assert browser.get("/kiosk/session").get_json() == {"seconds": 0}
        headers = {"X-CSRF-Token": token, "Origin": ORIGIN}
        assert browser.post("/kiosk/session", headers=headers).get_json() == {"seconds": 0}
        assert browser.post("/kiosk/session", headers=headers).get_json() == {"seconds": 0}
        assert rows(kiosk) == 0

    def test_another_site_keeps_nobody_signed_in(self, kiosk: Kiosk) -> None:
        """threat 21: the press needs our token."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        assert browser.post("/kiosk/session", headers={"Origin": "https://evil.example"}).status_code == 403


class TestHeldBack:
    """B6 on pages."""

    def test_a_factor_held_back_opens_no_page_that_refuses_it(self, kiosk: Kiosk, clock: SettableClock) -> None:
        """403 in words; other pages work; when the hold is over, so is the refusal."""
        until = clock.now() + timedelta(minutes=10)
        kiosk.issuer.claims = {"restricted_until": int(until.timestamp())}
        browser = kiosk.browser()
        assert kiosk.visit(browser, "/kiosk").status_code == 200
        refused = browser.get("/kiosk/unheld")
        told = refused.get_data(as_text=True)
        assert refused.status_code == 403 and "set up after a recovery" in told and "The hold ends on" in told
        clock.advance(timedelta(minutes=10))
        assert browser.get("/kiosk/unheld").status_code == 200

    def test_a_row_of_an_older_release_is_read(self, kiosk: Kiosk) -> None:
        """It knows neither idle time nor hold."""
        browser = kiosk.browser()
        kiosk.visit(browser, "/kiosk")
        with kiosk.context.transaction() as work:
            work.session.execute(update(web_sessions).values(data={"id_token": "x"}))
        assert browser.get("/kiosk/unheld").status_code == 200
