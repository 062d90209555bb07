"""Apps that register themselves (RFC 7591): by an operator's leave, within it, and never as one of ours."""

from datetime import timedelta
from typing import Any

import pytest

from identity.oidc.clients.policy import FAPI2, NATIVE, THIRD_PARTY
from identity.oidc.registration import initial_tokens
from identity.oidc.registration.models import InitialToken, Registration
from tests.service.identity_oidc.registering import (
    PURPOSE,
    SOUND,
    ask,
    client,
    count,
    leave,
    registered,
)
from tests.service.identity_oidc.signing import ES256, public
from tests.service.identity_oidc.suite import ORIGIN, Suite


def test_an_app_registers_itself_and_gets_tokens(suite: Suite) -> None:
    """E18: with an initial token an app is registered, and its secret works at once (RFC 7591 §3.2.1)."""
    made = registered(suite)
    assert made["client_secret_expires_at"] == 0
    assert made["token_endpoint_auth_method"] == "client_secret_basic"
    assert made["registration_client_uri"] == f"{ORIGIN}/oauth/register/{made['client_id']}"
    assert made["client_id_issued_at"] == int(suite.clock.now().timestamp())
    auth = (made["client_id"], made["client_secret"])
    asked = {"grant_type": "authorization_code", "code": "none", "redirect_uri": SOUND["redirect_uris"][0]}
    answer = suite.http.post("/oauth/token", data=asked, auth=auth)
    assert answer.json()["error"] == "invalid_grant"  # the client is known; the code is not


def test_a_person_signs_in_to_it_once_they_allow_it(suite: Suite) -> None:
    """It is somebody else's app: people are asked, in the operator's words, whatever the app would like (threat 34)."""
    made = registered(suite, purpose=None)
    mine = client(suite, made["client_id"])
    assert (mine.first_party, mine.purpose, mine.profile) == (False, PURPOSE, THIRD_PARTY)
    assert mine.require_pkce and mine.enabled and mine.minimum_acr == "urn:gatehouse:acr:2"


@pytest.mark.parametrize("token", [None, "x", "x" * 43])
def test_nobody_registers_without_leave(suite: Suite, token: str | None) -> None:
    """E18, threat 55: open registration is spam; 401, and nothing is registered."""
    before = count(suite)
    answer = ask(suite, token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert count(suite) == before


def test_a_token_registers_as_often_as_it_was_allowed(suite: Suite) -> None:
    """Uses are counted in one guarded statement; what was refused spends nothing."""
    token = leave(suite, uses=2)
    assert ask(suite, token, redirect_uris=["http://sync.example/cb"]).status_code == 400
    assert [ask(suite, token).status_code for _ in range(3)] == [201, 201, 401]


def test_a_token_ends_in_time_and_when_it_is_withdrawn(suite: Suite) -> None:
    """After its days, and at once when an operator takes it back."""
    token = leave(suite, days=1)
    suite.clock.advance(timedelta(days=1))
    assert ask(suite, token).status_code == 401
    other = leave(suite)
    with suite.context.transaction() as work:
        (issued,) = [one for one in initial_tokens.listed(work.session) if one.expires_at > work.now]
        assert initial_tokens.withdraw(work, issued.id) is True
        assert initial_tokens.withdraw(work, issued.id) is False
    assert ask(suite, other).status_code == 401


def test_tokens_are_kept_as_hashes(suite: Suite) -> None:
    """Whoever reads the database registers nothing and changes nothing."""
    token = leave(suite)
    made = ask(suite, token).json()
    with suite.context.reading() as session:
        kept = [row.token_hash for row in (*session.query(InitialToken), *session.query(Registration))]
    assert len(kept) == 2
    assert not {token, made["registration_access_token"]} & set(kept)


@pytest.mark.parametrize(
    "uri",
    [
        "http://sync.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://sync.example/cb#f",
        "https://*.sync.example/cb",
        "com.example.app:/cb",
        "https://user@sync.example/cb",
    ],
)
def test_no_bad_address_is_registered(suite: Suite, uri: str) -> None:
    """Threat 3: `invalid_redirect_uri`, in words that name the address."""
    before = count(suite)
    answer = ask(suite, leave(suite), redirect_uris=[uri])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert answer.json()["error_uri"] == f"{ORIGIN}/oauth/errors/GH-OIDC-153"
    assert count(suite) == before


@pytest.mark.parametrize("name", ["logo_uri", "client_uri", "policy_uri", "tos_uri"])
@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:image/png;base64,x", "http://sync.example/x", 7])
def test_no_bad_link_is_registered(suite: Suite, name: str, uri: object) -> None:
    """Threat 3: `invalid_client_metadata` for links and pictures."""
    answer = ask(suite, leave(suite), **{name: uri})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize("name", ["logo_uri", "jwks_uri", "backchannel_logout_uri"])
@pytest.mark.parametrize(
    "uri", ["https://169.254.169.254/x", "https://10.0.0.7/x", "https://192.168.1.1/x", "https://[::ffff:10.0.0.7]/x"]
)
def test_nothing_inside_our_walls_is_registered(suite: Suite, name: str, uri: str) -> None:
    """Threat 12: an address that could never be called is not taken; a picture is never fetched at all."""
    more = {"token_endpoint_auth_method": "private_key_jwt"} if name == "jwks_uri" else {}
    answer = ask(suite, leave(suite), **{name: uri}, **more)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_a_picture_is_passed_over(suite: Suite) -> None:
    """Threat 12: the server never fetches logos, and no page shows one."""
    made = registered(suite, logo_uri="https://sync.example/logo.png")
    assert "logo_uri" not in made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_party", True),
        ("minimum_acr", "urn:gatehouse:acr:1"),
        ("require_pkce", False),
        ("any_loopback", True),
        ("populations", ["staff"]),
        ("purpose", "Nothing at all"),
        ("profile", "first-party"),
        ("enabled", True),
        ("scopes", ["accounts.manage"]),
        ("audiences", ["https://x.example"]),
        ("access_token_seconds", 600),
        ("justification", "because"),
        ("role", "operator"),
        ("is_manager", True),
        ("tin", "123456789"),
    ],
)
def test_what_is_ours_to_say_is_refused_aloud(suite: Suite, name: str, value: object) -> None:
    """Threat 34: no app decides its own policy; the answer names the member, and nothing is registered."""
    before = count(suite)
    answer = ask(suite, leave(suite), **{name: value})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client_metadata" and name in answer.json()["error_description"]
    assert count(suite) == before


def test_what_nobody_knows_is_passed_over(suite: Suite) -> None:
    """RFC 7591 §2: metadata that is not understood is ignored, and not told back."""
    made = registered(suite, software_version="7", contacts=["dev@sync.example"], **{"client_name#es": "Carta"})
    assert {"software_version", "contacts", "client_name#es"}.isdisjoint(made)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "openid phone"},
        {"scope": "accounts.manage"},
        {"grant_types": ["client_credentials"]},
        {"grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"]},
        {"grant_types": "authorization_code"},
        {"response_types": ["token"]},
        {"token_endpoint_auth_method": "none"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"redirect_uris": ["https://sync.example/cb"] * 2},
        {"redirect_uris": {"a": 1}},
        {"client_name": None},
        {"client_name": "x" * 101},
        {"client_name": "123456789"},
        {"client_name": "Sync\n"},
        {"client_name": ["Sync"]},
        {"jwks": {"keys": "x"}, "token_endpoint_auth_method": "private_key_jwt"},
        {"dpop_bound_access_tokens": "yes"},
    ],
)
def test_no_app_gets_more_than_it_was_allowed(suite: Suite, changes: dict[str, Any]) -> None:
    """Scopes within the operator's leave, ways of a person only, and what every client is held to."""
    before = count(suite)
    answer = ask(suite, leave(suite), **changes)
    if changes.get("token_endpoint_auth_method") == "none":
        assert answer.status_code == 201 and client(suite, answer.json()["client_id"]).require_pkce
        return
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] in {"invalid_client_metadata", "invalid_redirect_uri"}
    assert count(suite) == before


@pytest.mark.parametrize(
    "sent", [b"", b"[]", b"x", b'{"client_name": "\\u0000"}', b'{"a": ' * 2000, b"\xff", b'{"client_name": "\\ud800"}']
)
def test_a_body_that_is_no_object_is_refused(suite: Suite, sent: bytes) -> None:
    """No crash, no half registration."""
    headers = {"Authorization": f"Bearer {leave(suite)}", "Content-Type": "application/json"}
    answer = suite.http.post("/oauth/register", content=sent, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_name_full_of_markup_is_only_text(suite: Suite) -> None:
    """Threat 46: stored as it came, escaped wherever it is shown, and never taken for a template."""
    made = registered(suite, client_name="<script>alert(1)</script>{{7*7}}")
    mine = made["client_id"]
    asked = {"client_id": mine, "redirect_uri": SOUND["redirect_uris"][0], "response_type": "token"}
    answer = suite.http.get("/oauth/authorize", params=asked)
    assert "<script>alert(1)" not in answer.text and "49" not in answer.text


def test_an_app_on_a_phone_keeps_no_secret(suite: Suite) -> None:
    """RFC 8252: a native app is public, with an address of its own scheme, PKCE and rotation."""
    token = leave(suite, profile=NATIVE)
    made = ask(suite, token, redirect_uris=["com.example.sync:/callback"]).json()
    assert "client_secret" not in made and made["token_endpoint_auth_method"] == "none"
    assert client(suite, made["client_id"]).refresh_rotation == "rotate"


def test_an_app_with_keys_proves_itself_by_them(suite: Suite) -> None:
    """FAPI 2.0: the profile wants a key, pushed requests and bound tokens, and gives no secret."""
    token = leave(suite, profile=FAPI2)
    assert ask(suite, token).status_code == 400
    made = ask(suite, token, jwks=public(ES256)).json()
    assert "client_secret" not in made
    assert made["dpop_bound_access_tokens"] and made["require_pushed_authorization_requests"]
