"""What an app is told about somebody who has yet to accept the terms of use."""

from identity.oidc.faults.people import TERMS_NOT_ACCEPTED
from identity.terms import service as terms
from tests.service.identity_oidc.suite import App, Browser, Suite, returned
from tests.service.identity_oidc.test_the_person import ticket


def publish(suite: Suite) -> None:
    """Put terms in force."""
    with suite.context.transaction() as work:
        terms.publish(work, "Be kind.", "Sea amable.", work.now)


def test_no_app_opens_before_the_terms_are_accepted(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """The app gets no code; sign-in shows the terms, and after them the request goes through (capability F10)."""
    assert "code" in returned(portal.authorize(browser))
    publish(suite)
    demanded = ticket(suite, portal.authorize(browser))
    assert demanded.client_name is not None
    with suite.context.transaction() as work:
        terms.accept(work, pat, 1)
    assert "code" in returned(browser.http.get(demanded.return_path))


def test_an_app_that_may_show_no_page_is_told_why(suite: Suite, portal: App, browser: Browser) -> None:
    """prompt=none gets interaction_required, never a token (OIDC Core §3.1.2.6)."""
    publish(suite)
    answer = returned(portal.authorize(browser, prompt="none"))
    assert answer["error"] == "interaction_required" and "code" not in answer
    assert TERMS_NOT_ACCEPTED.code == "GH-OIDC-034"


def test_staff_reach_their_tools_without_them(suite: Suite) -> None:
    """The payer's own people are not asked."""
    publish(suite)
    ola = suite.person("ola", "staff")
    console = App(suite, "access-manager", "http://localhost:8000/manage/callback", scope="openid profile")
    assert "code" in returned(console.authorize(suite.browser(ola, ("pwd", "otp"))))
