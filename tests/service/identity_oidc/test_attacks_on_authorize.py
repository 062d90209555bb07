"""Attacks 1, 2, 4, 7, 8, 22 and 23 of the threat table, against the authorization endpoint."""

import re

import pytest

from tests.service.identity_oidc.suite import CALLBACK, ORIGIN, App, Browser, Suite, returned

LOOK_ALIKES = [
    f"{CALLBACK}/",
    f"{CALLBACK}/extra",
    f"{CALLBACK}?next=1",
    f"{CALLBACK}?",
    f"{CALLBACK}#x",
    f"{CALLBACK}/../evil",
    f"{CALLBACK}%2f..",
    "https://portal.example/call%62ack",
    "https://PORTAL.example/callback",
    "https://portal.example/Callback",
    "https://portal.example:443/callback",
    "https://portal.example:8443/callback",
    "https://portal.example@evil.example/callback",
    "https://evil.example\\@portal.example/callback",
    "https://portal.example.evil.example/callback",
    "https://sub.portal.example/callback",
    "https://pörtal.example/callback",
    "http://portal.example/callback",
    "//portal.example/callback",
    "/callback",
    "javascript:alert(1)//portal.example/callback",
    "data:text/html,x",
    "http://localhost/callback",
    f" {CALLBACK}",
    f"{CALLBACK}\n",
    f"{CALLBACK}\x00",
]


def check_stays_here(answer) -> str:
    """The answer is a page of ours with a code for the developer; nothing leads away."""
    assert answer.status_code in (400, 403), answer.text[:300]
    assert "Location" not in answer.headers
    assert "http-equiv" not in answer.text
    assert "text/html" in answer.headers["Content-Type"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    found = re.search(r"GH-OIDC-\d{3}", answer.text)
    assert found
    return found.group(0)


@pytest.mark.parametrize("uri", LOOK_ALIKES)
def test_attack_1_addresses_that_look_like_the_registered_one(portal: App, browser: Browser, uri: str) -> None:
    """A page of ours, no redirect, no code; and no link to the strange address (ASVS 10.4.1)."""
    answer = portal.authorize(browser, redirect_uri=uri)
    assert check_stays_here(answer) in {"GH-OIDC-003", "GH-OIDC-006"}
    assert f'href="{uri}"' not in answer.text and f'action="{uri}"' not in answer.text


def test_attack_1_the_address_twice(portal: App, browser: Browser) -> None:
    """Of two addresses neither counts, also where both are registered."""
    pairs = [*portal.asked().items(), ("redirect_uri", "https://evil.example/")]
    assert check_stays_here(browser.http.get("/oauth/authorize", params=pairs)) == "GH-OIDC-004"
    doubled = [*portal.asked().items(), ("redirect_uri", CALLBACK)]
    assert check_stays_here(browser.http.get("/oauth/authorize", params=doubled)) == "GH-OIDC-004"


def test_attack_1_the_address_missing(portal: App, browser: Browser) -> None:
    """A single registered address is no default (OIDC Core §3.1.2.1)."""
    assert check_stays_here(portal.authorize(browser, redirect_uri=None)) == "GH-OIDC-002"


@pytest.mark.parametrize(
    "changes",
    [
        {"response_type": "token"},
        {"response_type": "code id_token"},
        {"scope": "openid tin phone"},
        {"prompt": "none"},
        {"request": "e30.e30."},
        {"response_mode": "fragment"},
    ],
)
def test_attack_2_a_bad_client_or_address_beside_another_error(
    portal: App, browser: Browser, changes: dict[str, str]
) -> None:
    """The other error never opens the way (the pattern of CVE-2026-41479)."""
    evil = {"redirect_uri": "https://evil.example/", **changes}
    assert check_stays_here(portal.authorize(browser, **evil)) == "GH-OIDC-003"
    unknown = {"client_id": "nobody", "redirect_uri": "https://evil.example/", **changes}
    assert check_stays_here(portal.authorize(browser, **unknown)) == "GH-OIDC-001"


def test_attack_4_the_issuer_in_every_answer(suite: Suite, portal: App, browser: Browser) -> None:
    """E4: success and error, query and form_post, byte for byte as in discovery (RFC 9207)."""
    issuer = suite.http.get("/.well-known/openid-configuration").json()["issuer"]
    assert issuer == ORIGIN
    assert returned(portal.authorize(browser))["iss"] == issuer
    assert returned(portal.authorize(browser, response_type="token"))["iss"] == issuer
    assert returned(portal.authorize(suite.browser(), prompt="none"))["iss"] == issuer
    for changes in ({}, {"response_type": "token"}):
        form = portal.authorize(browser, response_mode="form_post", **changes)
        assert f'<input type="hidden" name="iss" value="{issuer}">' in form.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "GH-OIDC-018"),
        ({"code_challenge": None}, "GH-OIDC-018"),
        ({"code_challenge_method": "plain"}, "GH-OIDC-019"),
        ({"code_challenge_method": None}, "GH-OIDC-019"),
        ({"code_challenge_method": "s256"}, "GH-OIDC-019"),
        ({"code_challenge": "x" * 42}, "GH-OIDC-020"),
        ({"code_challenge": "x" * 44}, "GH-OIDC-020"),
        ({"code_challenge": "x" * 42 + "="}, "GH-OIDC-020"),
    ],
)
def test_attack_7_pkce_downgrade_at_authorize(
    portal: App, browser: Browser, changes: dict[str, str | None], code: str
) -> None:
    """E3: missing, plain and malformed challenges are refused here, not only at the token endpoint (ASVS 10.4.6)."""
    told = returned(portal.authorize(browser, **changes))
    assert told["error"] == "invalid_request"
    assert code in told["error_description"]


@pytest.mark.parametrize("name", ["scope", "state", "nonce", "code_challenge", "prompt", "response_mode", "unknown"])
def test_attack_8_any_parameter_twice(portal: App, browser: Browser, name: str) -> None:
    """A repetition is told to the client, at its registered address."""
    pairs = [*portal.asked(unknown="1", prompt="login").items(), (name, "x")]
    answer = browser.http.get("/oauth/authorize", params=pairs)
    assert answer.headers["Location"].startswith(f"{CALLBACK}?error=invalid_request")


@pytest.mark.parametrize("value", ["a\x00b", "a\nb", "\x1b[31m"])
def test_control_characters_stay_here(portal: App, browser: Browser, value: str) -> None:
    """Text that databases and logs choke on is refused before anything is looked up, never with a 500."""
    assert check_stays_here(portal.authorize(browser, nonce=value)) == "GH-OIDC-006"


def test_requests_longer_than_a_ticket_stay_here(portal: App, browser: Browser) -> None:
    """They could not come back from sign-in."""
    assert check_stays_here(portal.authorize(browser, state="x" * 5000)) == "GH-OIDC-005"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://portal.example/request.jwt"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "address"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "unheard-of"}, "invalid_request"),
        ({"prompt": "create none"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
    ],
)
def test_what_the_client_did_wrong_is_told_to_it(
    portal: App, browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    """With state, a sentence and a stable code."""
    asked = portal.asked(**changes)
    told = returned(browser.http.get("/oauth/authorize", params=asked))
    assert (told["error"], told["state"]) == (error, asked["state"])
    assert re.search(r"\(GH-OIDC-\d{3}\)$", told["error_description"])


def test_a_scope_that_is_not_registered_is_refused(suite: Suite) -> None:
    """Personal scopes beyond the registration are an error, not a silence."""
    console = App(suite, "access-manager", f"{ORIGIN}/manage/callback", scope="openid organization")
    assert returned(console.authorize(suite.browser()))["error"] == "invalid_scope"


def test_a_client_without_the_code_flow_meets_no_people(suite: Suite, browser: Browser) -> None:
    """It has no registered address either, so the answer stays here."""
    service = App(suite, "suite-service", "https://evil.example/")
    check_stays_here(service.authorize(browser))


def test_attack_23_prompt_none_only_ever_answers_the_client(suite: Suite, portal: App, browser: Browser) -> None:
    """Nobody there, too old, too weak: an error to the registered address, never a page and never an upgrade."""
    assert returned(portal.authorize(suite.browser(), prompt="none"))["error"] == "login_required"
    assert "code" in returned(portal.authorize(browser, prompt="none"))
    weak = portal.authorize(browser, prompt="none", acr_values="urn:gatehouse:acr:2")
    assert returned(weak)["error"] == "interaction_required"
    old = portal.authorize(browser, prompt="none", max_age="0")
    assert returned(old)["error"] == "login_required"


def test_a_signed_out_session_is_nobody(suite: Suite, portal: App, browser: Browser) -> None:
    """The cookie alone is worth nothing."""
    suite.end_session(browser.sid)
    assert returned(portal.authorize(browser, prompt="none"))["error"] == "login_required"


def test_trial_clients_take_any_loopback_address_and_nothing_else(suite: Suite, browser: Browser) -> None:
    """Any port and path of 127.0.0.1 and localhost over http (RFC 8252 §7.3)."""
    trial = App(suite, "trial", "http://127.0.0.1:9/cb", scope="openid")
    for uri in ("http://127.0.0.1:49152/callback", "http://localhost:3000/", "http://localhost/x/y?z=1"):
        told = returned(trial.authorize(browser, redirect_uri=uri))
        assert "code" in told
    for uri in (
        "http://127.0.0.1.evil.example/cb",
        "http://localhost.evil.example/cb",
        "http://localhost@evil.example/cb",
        "http://127.0.0.1:9#@evil.example/",
        "http://127.0.0.1:9\\@evil.example/",
        "https://127.0.0.1:9/cb",
        "http://127.0.0.2:9/cb",
        "http://localhost:99999999/cb",
        "http://localhost:65536/cb",
        "http://0.0.0.0:9/cb",
    ):
        check_stays_here(trial.authorize(browser, redirect_uri=uri))
