"""Clients that act for themselves: client credentials, and the audience of their tokens."""

import pytest
from joserfc.jwk import KeySet

from shared.auth import TokenVerifier
from shared.auth.verifier import TokenRefused
from tests.service.identity_oidc.suite import ACCESS_API, HOURS_API, ORIGIN, SECRETS, App, Suite, claims_of


def test_a_program_gets_a_token_of_its_own(suite: Suite) -> None:
    """`sub` is the client; all registered scopes and audiences where none is named; nothing to refresh."""
    answer = App(suite, "suite-service").own_token().json()
    claims = claims_of(answer["access_token"])
    assert claims["sub"] == claims["client_id"] == "suite-service"
    assert claims["aud"] == [f"{ORIGIN}/api/{name}" for name in ("identity", "registration", "access", "availability")]
    assert "accounts.open" in claims["scope"].split()
    assert not {"refresh_token", "id_token"} & set(answer)
    assert not {"sid", "acr", "org", "grant"} & set(claims)


@pytest.mark.parametrize("name", ["resource", "audience"])
def test_the_audience_is_what_was_asked_for(suite: Suite, name: str) -> None:
    """One or several of the registered ones; others are `invalid_target` (RFC 8707)."""
    program = App(suite, "suite-service")
    assert claims_of(program.own_token(**{name: ACCESS_API}).json()["access_token"])["aud"] == ACCESS_API
    two = {"grant_type": "client_credentials", name: [ACCESS_API, HOURS_API]}
    answer = suite.http.post("/oauth/token", data=two, auth=program.auth)
    assert claims_of(answer.json()["access_token"])["aud"] == [ACCESS_API, HOURS_API]
    for foreign in ("https://api.example", f"{ORIGIN}/api/access/"):
        refused = program.own_token(**{name: foreign})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


def test_scopes_are_a_subset_of_the_registered_ones(suite: Suite) -> None:
    """Personal scopes belong to people: a program never has them."""
    portal = App(suite)
    assert portal.own_token(scope="access.evaluate").json()["scope"] == "access.evaluate"
    for scope in ("access.manage", "access.evaluate access.manage", "openid", "functions"):
        assert portal.own_token(scope=scope).json()["error"] == "invalid_scope"
    assert portal.own_token().json()["scope"] == "access.evaluate"


def test_apis_of_the_suite_verify_these_tokens_offline(suite: Suite) -> None:
    """With the published keys, for the right audience only."""
    token = App(suite).own_token(resource=ACCESS_API).json()["access_token"]

    def verifier(audience: str) -> TokenVerifier:
        return TokenVerifier(ORIGIN, audience, suite.clock, lambda: suite.http.get("/oauth/jwks").json())

    caller = verifier(ACCESS_API).verify(token)
    assert (caller.subject, caller.client_id, caller.scopes) == ("portal", "portal", {"access.evaluate"})
    with pytest.raises(TokenRefused):
        verifier(HOURS_API).verify(token)


def test_both_registered_methods_work(suite: Suite) -> None:
    """client_secret_basic, form-encoded as RFC 6749 §2.3.1 says, and client_secret_post."""
    form = {"grant_type": "client_credentials"}
    assert (
        suite.http.post("/oauth/token", data=form, auth=("suite%2Dservice", SECRETS["suite-service"])).status_code
        == 200
    )
    body = {**form, "client_id": "portal", "client_secret": SECRETS["portal"]}
    assert suite.http.post("/oauth/token", data=body).status_code == 200


def test_keys_in_the_set_are_public(suite: Suite) -> None:
    """No private member, whatever the key type (threat 56)."""
    document = suite.http.get("/oauth/jwks").json()
    assert {key["alg"] for key in document["keys"]} == {"ES256", "RS256", "Ed25519"}
    for key in document["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
    KeySet.import_key_set(document)
