"""References and consents under many rivals, on real PostgreSQL, through the front door (threats 13 and 53)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx

from identity.oidc.apps import service as apps
from tests.service.identity_oidc.asking import STRANGER, allowed, arrive, ask, pushed, pusher, stranger, visitor
from tests.service.identity_oidc.suite import App, Browser, Suite

RIVALS = 20


def at_once(*calls: Callable[[], httpx.Response | None]) -> list[httpx.Response | None]:
    """Make all calls at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def test_threat_13_of_twenty_browsers_with_one_reference_one_gets_a_code(suite: Suite, browser: Browser) -> None:
    """The others see a page of ours, and no second grant is left behind."""
    hub = pusher(suite)
    uri = pushed(hub)
    answers = at_once(*[lambda: arrive(hub, browser, uri)] * RIVALS)
    assert sorted(answer.status_code for answer in answers if answer) == [303, *[400] * (RIVALS - 1)]


def test_a_yes_in_twenty_windows_is_one_yes(suite: Suite, browser: Browser, pat: str) -> None:
    """Nobody is told of a fault, and everything that was allowed is."""
    app = stranger(suite)
    where = app.authorize(browser).headers["Location"]
    text = browser.http.get(where).text
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "account": pat, "decision": "allow"}
    answers = at_once(*[lambda: browser.http.post(where, data=form)] * RIVALS)
    assert {answer.status_code for answer in answers if answer} == {303}
    assert allowed(suite, pat) == ["openid", "profile"]


def test_threat_53_a_sign_in_beside_a_withdrawal_leaves_nothing(suite: Suite, browser: Browser, pat: str) -> None:
    """Whichever comes first: afterwards no code of before is good, and nobody is let in without a new yes."""
    app = stranger(suite)
    for _ in range(5):
        page = visitor(suite, browser)
        ask(app, page)
        page.press("Allow")

        def withdraw() -> None:
            with suite.context.transaction() as work:
                assert apps.disconnect(work, pat, STRANGER)

        answers = at_once(*[lambda: app.authorize(browser)] * 6, withdraw, *[lambda: app.authorize(browser)] * 6)
        codes = [_code(app, answer) for answer in answers if answer and "code=" in answer.headers["Location"]]
        assert [app.redeem(*code).status_code for code in codes] == [400] * len(codes)
        assert allowed(suite, pat) is None


def _code(app: App, answer: httpx.Response) -> tuple[str, str]:
    told = parse_qs(urlsplit(answer.headers["Location"]).query)
    return told["code"][0], app.verifiers[told["state"][0]]
