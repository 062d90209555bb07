"""Consent that somebody else would give (threats 2, 21, 22), and consent taken back (ASVS 10.7.2, 10.7.3)."""

import pytest

from tests.service.identity_oidc.asking import SYNC, allowed, ask, brought, led_to_consent, stranger, visitor
from tests.service.identity_oidc.suite import App, Browser, Suite, returned
from tests.support.pages import PageVisitor


@pytest.fixture
def sync(suite: Suite) -> App:
    """An app of somebody else."""
    return stranger(suite)


@pytest.fixture
def page(suite: Suite, browser: Browser) -> PageVisitor:
    """Pat at the browser."""
    return visitor(suite, browser)


class TestWhoeverWouldAnswerForTheirVictim:
    """Threats 21, 22 and 25: the yes must be the person's own, read on our page."""

    def form(self, browser: Browser, where: str) -> dict[str, str]:
        text = browser.http.get(where).text
        token = text.split('name="csrf_token" value="')[1].split('"')[0]
        account = text.split('name="account" value="')[1].split('"')[0]
        return {"csrf_token": token, "account": account, "decision": "allow"}

    @pytest.mark.parametrize(
        ("spoilt", "headers"),
        [
            ({"csrf_token": ""}, {}),
            ({"csrf_token": "x.y"}, {}),
            ({}, {"Origin": "https://evil.example"}),
            ({}, {"Sec-Fetch-Site": "cross-site"}),
        ],
    )
    def test_threat_21_consent_csrf(
        self, suite: Suite, sync: App, browser: Browser, pat: str, spoilt: dict[str, str], headers: dict[str, str]
    ) -> None:
        """Without our token, or from another site: 403, and nothing is allowed."""
        where = led_to_consent(sync.authorize(browser))
        answer = browser.http.post(where, data={**self.form(browser, where), **spoilt}, headers=headers)
        assert answer.status_code == 403 and "Location" not in answer.headers
        assert allowed(suite, pat) is None
        assert browser.http.post(where, data=self.form(browser, where)).status_code == 303
        assert allowed(suite, pat)

    def test_threat_21_the_page_was_read_by_somebody_else(self, suite: Suite, sync: App, browser: Browser) -> None:
        """Whoever signed in meanwhile in another window is asked themselves."""
        where = led_to_consent(sync.authorize(browser))
        form = self.form(browser, where)
        other = suite.person("olga")
        newcomer = suite.browser(other)
        newcomer.http.cookies.set("gatehouse_csrf", browser.http.cookies["gatehouse_csrf"], domain="localhost.local")
        answer = newcomer.http.post(where, data=form)
        assert answer.status_code == 200 and "Olga Partner" in answer.text
        assert allowed(suite, other) is None

    def test_threat_21_looking_allows_nothing(self, suite: Suite, sync: App, browser: Browser, pat: str) -> None:
        """Neither a GET with the answer in the address nor a form without one."""
        where = led_to_consent(sync.authorize(browser))
        assert browser.http.get(f"{where}&decision=allow").status_code == 200
        form = {**self.form(browser, where), "decision": "maybe"}
        assert browser.http.post(where, data=form).status_code == 200
        assert allowed(suite, pat) is None

    def test_threat_22_nobody_frames_the_page(self, sync: App, browser: Browser) -> None:
        """And its form may lead to us and to the app that asks, nowhere else."""
        answer = browser.http.get(led_to_consent(sync.authorize(browser)))
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and answer.headers["X-Frame-Options"] == "DENY"
        assert f"form-action 'self' {SYNC}" in policy
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize(
        "changes",
        [{"redirect_uri": "https://evil.example/"}, {"client_id": "nobody"}, {"redirect_uri": None}],
    )
    def test_threat_2_the_page_examines_the_request_itself(
        self, sync: App, browser: Browser, changes: dict[str, str | None]
    ) -> None:
        """Opened directly with a request that may not be answered, it ends where such a request ends: here."""
        first = browser.http.get("/oauth/consent", params=sync.asked(**changes))
        assert first.status_code == 303 and first.headers["Location"].startswith("/oauth/authorize?")
        assert browser.http.get(first.headers["Location"]).status_code == 400

    def test_nobody_signed_in_goes_to_sign_in(self, suite: Suite, sync: App) -> None:
        """The page is no way around it."""
        nobody = suite.browser()
        first = nobody.http.get("/oauth/consent", params=sync.asked())
        assert nobody.http.get(first.headers["Location"]).headers["Location"].startswith("/login?ticket=")

    def test_no_page_where_none_may_be_shown(self, sync: App, browser: Browser) -> None:
        """`prompt=none` at the address of the page is answered as at the endpoint."""
        first = browser.http.get("/oauth/consent", params=sync.asked(prompt="none"))
        assert returned(browser.http.get(first.headers["Location"]))["error"] == "consent_required"


class TestTakingItBack:
    """ASVS 10.7.2 and 10.7.3: on the page of apps, at once and wholly."""

    def test_asvs_10_7_2_what_was_allowed_is_listed(self, suite: Suite, sync: App, page: PageVisitor) -> None:
        """With what it is told and since when; also while the app is not in use."""
        ask(sync, page, scope="openid email")
        page.press("Allow")
        page.stop_at = "\n"
        page.open("/account/apps")
        assert "Chart sync" in page.text and "your e-mail address" in page.text
        assert "Allowed by you" in page.text and "not at the moment" in page.text

    def test_asvs_10_7_3_what_was_allowed_is_taken_back(
        self, suite: Suite, sync: App, browser: Browser, pat: str
    ) -> None:
        """Tokens die at once, the yes is forgotten, and the next request asks again."""
        page = visitor(suite, browser)
        ask(sync, page)
        page.press("Allow")
        back = brought(page)
        tokens = sync.redeem(back["code"], sync.verifiers[back["state"]]).json()
        assert sync.introspect(tokens["access_token"])["active"] is True
        page.stop_at = "\n"
        page.open("/account/apps")
        page.press("Disconnect Chart sync")
        assert "The app is disconnected" in page.text
        assert sync.introspect(tokens["access_token"]) == {"active": False}
        assert sync.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert allowed(suite, pat) is None
        led_to_consent(sync.authorize(browser))

    def test_a_code_on_its_way_dies_with_it(self, suite: Suite, sync: App, browser: Browser) -> None:
        """Taken back between the answer and the token request: the app comes too late."""
        page = visitor(suite, browser)
        ask(sync, page)
        page.press("Allow")
        back = brought(page)
        page.stop_at = "\n"
        page.open("/account/apps")
        page.press("Disconnect Chart sync")
        answer = sync.redeem(back["code"], sync.verifiers[back["state"]])
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_threat_35_nobody_takes_back_for_another(
        self, suite: Suite, sync: App, page: PageVisitor, pat: str
    ) -> None:
        """Somebody else's page lists nothing, and their form finds nothing."""
        ask(sync, page)
        page.press("Allow")
        olga = visitor(suite, suite.browser(suite.person("olga")))
        olga.open("/account/apps")
        assert "Chart sync" not in olga.text
        assert allowed(suite, pat)

    def test_both_acts_are_in_the_record(self, suite: Suite, sync: App, page: PageVisitor, pat: str) -> None:
        """Who allowed what and when they took it back; without a code or a token."""
        ask(sync, page, scope="openid email")
        page.press("Allow")
        page.stop_at = "\n"
        page.open("/account/apps")
        page.press("Disconnect Chart sync")
        page.open("/account/activity")
        assert "App allowed" in page.text and "App disconnected" in page.text
