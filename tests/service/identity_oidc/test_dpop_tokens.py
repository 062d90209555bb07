"""Tokens that are bound to a key, from the request to their last use (E6, RFC 9449)."""

from datetime import timedelta

import pytest
from joserfc.jwk import RSAKey

from shared.auth import TokenVerifier
from shared.auth.dpop import nonces
from tests.service.identity_oidc.proving import (
    BANK,
    KEPT_SECRET,
    MOBILE,
    TOKEN,
    USERINFO,
    VAULT,
    KeyApp,
    assertion,
    bank,
    mobile,
    portal,
    register,
    signed_in,
    vault,
)
from tests.service.identity_oidc.suite import ORIGIN, SECRETS, App, Browser, Suite, claims_of
from tests.service.identity_oidc.test_attacks_on_codes import check_refused
from tests.support.possession import Holder

OWN = {"grant_type": "client_credentials"}


@pytest.fixture
def bound(suite: Suite) -> KeyApp:
    """The portal as it is registered, with a key of its own choice."""
    return KeyApp(suite, holder=Holder(suite.clock), secret=SECRETS["portal"])


@pytest.fixture
def phone(suite: Suite) -> KeyApp:
    """An app without a secret."""
    register(suite, mobile(), None)
    return KeyApp(suite, MOBILE, scope="openid email", holder=Holder(suite.clock), secret=None)


@pytest.fixture
def safe(suite: Suite) -> KeyApp:
    """A portal that is registered for bound tokens only."""
    register(suite, vault(), KEPT_SECRET)
    return KeyApp(suite, VAULT, holder=Holder(suite.clock))


def test_a_proof_binds_the_access_token(bound: KeyApp, browser: Browser) -> None:
    """E6: `cnf.jkt` in the token, `token_type` DPoP in the answer, the same in introspection (RFC 9449 §5 and §6)."""
    tokens = bound.tokens(browser)
    assert tokens["token_type"] == "DPoP"
    assert claims_of(tokens["access_token"])["cnf"] == {"jkt": bound.holder.jkt}
    assert "cnf" not in claims_of(tokens["id_token"])
    told = bound.introspect(tokens["access_token"])
    assert (told["active"], told["token_type"], told["cnf"]) == (True, "DPoP", {"jkt": bound.holder.jkt})
    assert bound.userinfo(tokens["access_token"]).json()["name"] == "Pat Partner"


def test_without_a_proof_it_is_a_bearer_token_as_ever(portal: App, browser: Browser) -> None:
    """Binding is offered, and demanded only of clients that are registered for it."""
    tokens = portal.tokens(browser)
    assert tokens["token_type"] == "Bearer" and "cnf" not in claims_of(tokens["access_token"])
    assert portal.introspect(tokens["access_token"])["token_type"] == "Bearer"


def test_a_program_binds_its_own_token(suite: Suite, bound: KeyApp) -> None:
    """Client credentials with a proof, for an API that honours it."""
    answer = bound.own_token(resource=f"{ORIGIN}/api/access").json()
    assert answer["token_type"] == "DPoP"
    assert claims_of(answer["access_token"])["cnf"] == {"jkt": bound.holder.jkt}
    assert bound.introspect(answer["access_token"])["cnf"] == {"jkt": bound.holder.jkt}


def test_refreshing_binds_the_new_token_to_the_proof_that_came(bound: KeyApp, suite: Suite, browser: Browser) -> None:
    """A client with a secret may change its key: its refresh tokens are told by the secret (RFC 9449 §5)."""
    first = bound.tokens(browser)
    bound.holder = Holder(suite.clock)
    second = bound.refresh(first["refresh_token"]).json()
    assert claims_of(second["access_token"])["cnf"] == {"jkt": bound.holder.jkt}


def test_a_bound_token_opens_userinfo_by_post_too(bound: KeyApp, browser: Browser) -> None:
    """OIDC Core §5.3.1: GET and POST alike; the proof names which."""
    token = bound.tokens(browser)["access_token"]
    post = bound.suite.http.post(USERINFO, headers=bound.holder.headers("POST", USERINFO, token))
    assert post.status_code == 200
    in_form = bound.suite.http.post(
        USERINFO, data={"access_token": token}, headers={"DPoP": bound.holder.proof("POST", USERINFO, token)}
    )
    assert in_form.status_code == 401 and in_form.headers["WWW-Authenticate"].startswith("DPoP ")


def test_the_nonce_flow(safe: KeyApp, browser: Browser) -> None:
    """E6, RFC 9449 §8: the first request is sent back for a nonce, every answer brings the next one."""
    code, verifier = safe.code(browser)
    first = safe.with_proof(safe.code_form(code, verifier), safe.holder.proof("POST", TOKEN))
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    assert first.headers["Cache-Control"] == "no-store" and safe.nonce
    tokens = safe.redeem(code, verifier)
    assert tokens.status_code == 200 and tokens.headers["DPoP-Nonce"] and safe.sent == 2
    for _ in range(5):
        safe.suite.clock.advance(timedelta(seconds=50))
        tokens = safe.refresh(tokens.json()["refresh_token"])
        assert tokens.status_code == 200
    assert safe.sent == 7


def test_an_old_nonce_is_asked_for_again(safe: KeyApp) -> None:
    """An app that rested pays one more request, and its code or token is not spent by it."""
    assert safe.own_token().status_code == 200
    used = safe.sent
    safe.suite.clock.advance(timedelta(minutes=5))
    assert safe.own_token().status_code == 200 and safe.sent == used + 2


def test_a_nonce_comes_with_refusals_too(safe: KeyApp) -> None:
    """RFC 9449 §8.2: whatever is answered, the next nonce is there."""
    answer = safe.with_proof({"grant_type": "nothing"}, None)
    assert answer.status_code == 400 and answer.headers["DPoP-Nonce"]


def test_other_clients_are_not_bothered_with_nonces(bound: KeyApp) -> None:
    """Where nothing demands it, no answer brings one; one that an app brings from elsewhere harms nothing."""
    answer = bound.with_proof(OWN, bound.holder.proof("POST", TOKEN, nonce="from-elsewhere"))
    assert answer.status_code == 200 and "DPoP-Nonce" not in answer.headers


def test_a_client_for_bound_tokens_gets_no_others(safe: KeyApp, browser: Browser) -> None:
    """RFC 9449 §5.2, FAPI 2.0 ensure-holder-of-key-required: no proof, no token, and nothing is spent."""
    code, verifier = safe.code(browser)
    refused = safe.with_proof(safe.code_form(code, verifier), None)
    assert "GH-OIDC-102" in check_refused(refused, "invalid_request")
    tokens = safe.redeem(code, verifier).json()
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    check_refused(safe.with_proof(form, None), "invalid_request")
    check_refused(safe.with_proof(OWN, None), "invalid_request")
    assert safe.refresh(tokens["refresh_token"]).status_code == 200


def test_a_code_that_is_bound_to_a_key(bound: KeyApp, browser: Browser) -> None:
    """RFC 9449 §10, FAPI 2.0 ensure-dpop-auth-code-binding-success: the request named the key that comes."""
    tokens = bound.tokens(browser, dpop_jkt=bound.holder.jkt)
    assert claims_of(tokens["access_token"])["cnf"] == {"jkt": bound.holder.jkt}


def test_attack_6_a_code_with_another_key(bound: KeyApp, browser: Browser) -> None:
    """threat 6, RFC 9449 §10: a code bound to a key is of no use without it, and not spoilt for who has it."""
    code, verifier = bound.code(browser, dpop_jkt=bound.holder.jkt)
    form = bound.code_form(code, verifier)
    thief = Holder(bound.suite.clock)
    assert "GH-OIDC-103" in check_refused(bound.with_proof(form, thief.proof("POST", TOKEN)), "invalid_grant")
    check_refused(bound.with_proof(form, None), "invalid_grant")
    assert bound.redeem(code, verifier).status_code == 200


def test_attack_15_a_refresh_token_of_a_phone_with_another_key(phone: KeyApp, browser: Browser) -> None:
    """threat 15, ASVS 10.4.5: without a secret the key is what tells a client; a thief without it gets nothing."""
    tokens = phone.tokens(browser)
    thief = KeyApp(phone.suite, MOBILE, holder=Holder(phone.suite.clock), secret=None)
    check_refused(thief.refresh(tokens["refresh_token"]), "invalid_grant")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    check_refused(phone.with_proof(form, None), "invalid_grant")
    assert phone.refresh(tokens["refresh_token"]).status_code == 200


def test_a_phone_is_bound_by_the_first_key_it_shows(phone: KeyApp, browser: Browser) -> None:
    """RFC 9449 §5: and by no other from then on, though the code was bound to none."""
    refresh_token = phone.tokens(browser)["refresh_token"]
    for _ in range(3):
        refresh_token = phone.refresh(refresh_token).json()["refresh_token"]
    phone.holder = Holder(phone.suite.clock)
    assert "GH-OIDC-103" in check_refused(phone.refresh(refresh_token), "invalid_grant")


def test_a_phone_without_a_key_rotates_as_ever(phone: KeyApp, browser: Browser) -> None:
    """RFC 9700 §2.2.2: rotation is the other way for clients without a secret."""
    answer = phone.with_proof(phone.code_form(*phone.code(browser)), None)
    assert answer.json()["token_type"] == "Bearer"
    form = {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}
    assert phone.with_proof(form, None).status_code == 200


def test_an_rsa_key_is_a_key(suite: Suite, bound: KeyApp, browser: Browser) -> None:
    """libraries.md §2.2: 2,048 bits make a header longer than the library admits by itself."""
    bound.holder = Holder(suite.clock, RSAKey.generate_key(2048), "PS256")
    token = bound.tokens(browser)["access_token"]
    assert bound.userinfo(token).status_code == 200


def test_clients_prove_with_what_fapi_admits(suite: Suite) -> None:
    """FAPI 2.0 Security Profile §5.4.1: no RS256; PS256 with the same key passes as far as the code."""
    signer, key = Holder(suite.clock), RSAKey.generate_key(2048)
    register(suite, bank(signer), None)
    told = []
    for algorithm in ("PS256", "RS256", "PS256"):
        app = KeyApp(suite, BANK, holder=Holder(suite.clock, key, algorithm), secret=None, nonce=nonce_of(suite))
        proof = app.holder.proof("POST", TOKEN, nonce=app.nonce)
        answer = app.with_proof(signed_in(app.code_form("no-code", "v" * 43), assertion(signer)), proof)
        told.append(answer.json()["error"])
    assert told == ["invalid_grant", "invalid_dpop_proof", "invalid_grant"]


def nonce_of(suite: Suite) -> str:
    """The nonce that counts now, as any answer would bring it."""
    return nonces(suite.context.settings.secret_keys, suite.clock.now())[0]


def test_metadata_names_what_works(suite: Suite) -> None:
    """E2: exactly the algorithms that a proof may have (RFC 9449 §5.1)."""
    document = suite.http.get("/.well-known/openid-configuration").json()
    assert document["dpop_signing_alg_values_supported"] == ["ES256", "EdDSA", "Ed25519", "PS256"]


def test_an_api_of_ours_honours_what_was_bound_here(suite: Suite, browser: Browser) -> None:
    """E6 from end to end: bound at the token endpoint, and taken by a JSON API only from who holds the key."""
    api, path = f"{ORIGIN}/api/identity", f"/api/identity/v1/sessions/{browser.sid}"
    suite.context.verifier = TokenVerifier(ORIGIN, api, suite.clock, lambda: suite.http.get("/oauth/jwks").json())
    console = KeyApp(suite, "access-manager", holder=Holder(suite.clock), secret=SECRETS["access-manager"])
    token = console.own_token(resource=api).json()["access_token"]
    sound = console.holder.headers("GET", path, token)
    tried = [{"Authorization": f"Bearer {token}"}, Holder(suite.clock).headers("GET", path, token), sound, sound]
    assert [suite.http.get(path, headers=headers).status_code for headers in tried] == [401, 401, 200, 401]


def test_switching_the_policy_back_changes_new_tokens_only(suite: Suite, safe: KeyApp, browser: Browser) -> None:
    """What was bound stays bound: its proof is asked for as long as the token lives."""
    token = safe.tokens(browser)["access_token"]
    register(suite, portal(id=VAULT, name="Vault"), KEPT_SECRET)
    assert safe.suite.http.get(USERINFO, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert safe.userinfo(token).status_code == 200
    assert safe.with_proof(OWN, None).json()["token_type"] == "Bearer"
