"""A refusal must not make of our address a way to anybody's page (RFC 9700 §4.11.2, decision 0061, threat 25)."""

from typing import Any

import httpx
import pytest

from identity.mfa.assurance import ACR_2
from tests.service.identity_oidc.listening import register
from tests.service.identity_oidc.registering import SOUND, registered
from tests.service.identity_oidc.suite import App, Browser, Suite, returned

(CALLBACK,) = SOUND["redirect_uris"]
THIRDS = {
    "first_party": False,
    "profile": "third-party",
    "purpose": "To show your claims.",
    "client_uri": "https://other.example/",
    "minimum_acr": ACR_2,
    "justification": None,
}
FAULTY: list[dict[str, Any]] = [
    {"scope": "openid unheard-of", "response_type": "token"},
    {"code_challenge": None},
    {"prompt": "none"},
    {"prompt": "none", "response_mode": "form_post"},
    {"max_age": "soon"},
]


@pytest.fixture
def stranger(suite: Suite) -> Browser:
    """A browser in which nobody has signed in."""
    return suite.browser()


@pytest.fixture
def own(suite: Suite) -> App:
    """An app that registered itself: nobody here has read its address."""
    return App(suite, registered(suite)["client_id"], CALLBACK, "openid profile")


def stays(answer: httpx.Response) -> bool:
    """Whether a browser stays with us unless its person clicks."""
    moves = ("Location", "Refresh")
    return not any(name in answer.headers for name in moves) and not any(
        word in answer.text for word in ("http-equiv", ".submit()")
    )


@pytest.mark.parametrize("changes", FAULTY, ids=str)
def test_threat_25_nobody_is_led_away_by_a_link(own: App, stranger: Browser, changes: dict[str, Any]) -> None:
    """RFC 9700 §4.11.2, attacks 1 and 3: the page says where it would go, and a click is the person's."""
    answer = own.authorize(stranger, **changes)
    assert answer.status_code == 400 and stays(answer)
    assert "https://sync.example" in answer.text and "Chart sync" in answer.text


def test_who_clicks_brings_the_app_its_answer(own: App, stranger: Browser) -> None:
    """Error, state and issuer, as a redirect would have brought them."""
    answer = own.authorize(stranger, prompt="none", state="of-the-app")
    assert f"{CALLBACK}?error=login_required" in answer.text and "state=of-the-app" in answer.text
    assert "iss=" in answer.text


def test_who_clicks_posts_it_where_the_app_wants_that(own: App, stranger: Browser) -> None:
    """OAuth 2.0 Form Post Response Mode: the same in a form, and only this address may be posted to."""
    answer = own.authorize(stranger, prompt="none", response_mode="form_post")
    assert f'action="{CALLBACK}"' in answer.text and 'name="error" value="login_required"' in answer.text
    assert "https://sync.example" in answer.headers["Content-Security-Policy"]


def test_what_was_pushed_is_used_up_all_the_same(suite: Suite, stranger: Browser) -> None:
    """A refusal is an answer, too, whoever brings it to the app (RFC 9126 §4)."""
    made = registered(suite)
    app = App(suite, made["client_id"], CALLBACK, "openid profile")
    auth = (made["client_id"], made["client_secret"])
    pushed = suite.http.post("/oauth/par", data=app.asked(prompt="none"), auth=auth).json()
    asked = {"client_id": app.client_id, "request_uri": pushed["request_uri"]}
    first, second = (stranger.http.get("/oauth/authorize", params=asked) for _ in range(2))
    assert stays(first) and "Did you come from" in first.text
    assert second.status_code == 400 and "GH-" in second.text and "Did you come from" not in second.text


def test_who_is_signed_in_is_led_back(suite: Suite, own: App, browser: Browser) -> None:
    """Somebody is there, so the app hears of it at once (RFC 6749 §4.1.2.1)."""
    assert returned(own.authorize(browser, response_type="token"))["error"] == "unsupported_response_type"


@pytest.mark.parametrize("changes", FAULTY[:3], ids=str)
@pytest.mark.parametrize("kind", [{}, THIRDS], ids=["ours", "somebody else's"])
def test_an_app_that_an_operator_registered_is_trusted(
    suite: Suite, stranger: Browser, changes: dict[str, Any], kind: dict[str, Any]
) -> None:
    """Its address was read by somebody: the app hears of it, and prompt=none works as ever (OIDC Core §3.1.2.6)."""
    register(suite, "other", **kind)
    app = App(suite, "other", "https://other.example/cb?tenant=1")
    assert "error" in returned(app.authorize(stranger, **changes))
