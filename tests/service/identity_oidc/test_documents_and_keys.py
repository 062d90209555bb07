"""Discovery and keys: what is published is what works, and keys rotate while tokens of both verify."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from identity.oidc.clients.policy import DEVICE_CODE, TOKEN_EXCHANGE
from identity.oidc.keys import service as keys
from identity.oidc.keys.ring import KeyRing
from identity.oidc.keys.service import KeyFacts, TooSoon
from identity.oidc.provider import Provider
from shared.crypto import SecretBox
from tests.service.identity_oidc.granting import portal_with
from tests.service.identity_oidc.suite import ORIGIN, App, Browser, Suite, header_of

WELL_KNOWN = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def rotate(suite: Suite, *, at_once: bool = False) -> list[KeyFacts] | TooSoon:
    with suite.context.transaction() as work:
        return keys.rotate(work, suite.context.part(Provider).box, at_once=at_once)


def published(suite: Suite) -> list[dict[str, Any]]:
    return list(suite.http.get("/oauth/jwks").json()["keys"])


@pytest.mark.parametrize("path", WELL_KNOWN)
def test_metadata_is_the_same_in_both_places(suite: Suite, path: str) -> None:
    """OIDC Discovery 1.0 and RFC 8414; the issuer is the configured origin, whatever the Host header says."""
    answer = suite.http.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert answer.json()["issuer"] == ORIGIN
    assert "evil" not in answer.text
    assert answer.json() == suite.http.get(WELL_KNOWN[0]).json()


def test_every_endpoint_that_is_listed_answers(suite: Suite) -> None:
    """Nothing is listed that is not there."""
    document = suite.http.get(WELL_KNOWN[0]).json()
    for name, address in document.items():
        if name.endswith(("_endpoint", "_uri")) and isinstance(address, str):
            assert address.startswith(f"{ORIGIN}/")
            methods = ("GET", "POST")
            assert 404 not in [suite.http.request(method, address).status_code for method in methods], name


def test_everything_listed_works_and_nothing_else_does(suite: Suite, portal: App, browser: Browser) -> None:
    """Row E2: response modes, prompts, scopes, challenge methods, levels."""
    document = suite.http.get(WELL_KNOWN[0]).json()
    assert document["response_types_supported"] == ["code"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    sent = ["authorization_code", "refresh_token", "client_credentials", DEVICE_CODE, TOKEN_EXCHANGE]
    assert document["grant_types_supported"] == sent
    proofs = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
    assert document["token_endpoint_auth_methods_supported"] == proofs
    assert document["id_token_signing_alg_values_supported"] == ["ES256", "RS256", "Ed25519"]
    assert document["request_parameter_supported"] is False
    for mode in document["response_modes_supported"]:
        assert portal.authorize(browser, response_mode=mode).status_code in (200, 303)
    for prompt in document["prompt_values_supported"]:
        assert "error=invalid" not in portal.authorize(browser, prompt=prompt).headers["Location"]
    everything = " ".join(document["scopes_supported"])
    portal = portal_with(suite, scopes=tuple(document["scopes_supported"]))
    assert portal.tokens(browser, scope=everything)["scope"] == everything


@pytest.mark.parametrize("path", [*WELL_KNOWN, "/oauth/jwks"])
def test_documents_may_be_kept_and_are_not_sent_twice(suite: Suite, path: str) -> None:
    """An ETag and five minutes; nothing depends on the Host or a cookie."""
    first = suite.http.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = suite.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Set-Cookie" not in first.headers


def test_rotation_keeps_old_tokens_good_and_needs_no_restart(suite: Suite, portal: App, browser: Browser) -> None:
    """Tokens of the old and the new key verify through the overlap; afterwards the old key is gone (row E27)."""
    before = portal.tokens(browser)
    old = header_of(before["access_token"])["kid"]
    coming = {key["kid"] for key in published(suite)}
    suite.clock.advance(timedelta(minutes=6))
    assert not isinstance(rotate(suite), TooSoon)
    suite.clock.advance(timedelta(minutes=1))
    after = portal.refresh(before["refresh_token"]).json()
    new = header_of(after["access_token"])["kid"]
    assert new != old
    assert new in coming, "the new key was published before it signed"
    assert portal.introspect(before["access_token"])["active"] is True
    both = KeySet.import_key_set(suite.http.get("/oauth/jwks").json())
    for tokens in (before, after):
        jwt.decode(tokens["id_token"], both, algorithms=["ES256"])
    suite.clock.advance(timedelta(hours=25))
    suite.run_jobs()
    assert old not in {key["kid"] for key in published(suite)}
    assert new in {key["kid"] for key in published(suite)}


def test_a_hint_signed_by_a_retired_key_still_signs_out(suite: Suite, portal: App, browser: Browser) -> None:
    """The ID token of the morning comes back in the evening."""
    hint = portal.tokens(browser)["id_token"]
    suite.clock.advance(timedelta(minutes=6))
    rotate(suite)
    answer = browser.http.get("/oauth/logout", params={"id_token_hint": hint})
    assert (answer.status_code, suite.is_open(browser.sid)) == (303, False)


def test_a_key_signs_only_after_every_cache_knows_it(suite: Suite) -> None:
    """Rotating too soon is refused with the time to wait, unless a key was stolen."""
    with suite.context.transaction() as work:
        made_at = keys.listing(work.session)[0].created_at
    outcome = rotate(suite)
    assert isinstance(outcome, TooSoon)
    assert outcome.retry_at == made_at + timedelta(minutes=6)
    assert not isinstance(rotate(suite, at_once=True), TooSoon)


def test_every_algorithm_always_has_one_active_and_one_next_key(suite: Suite) -> None:
    """After any number of rotations, and preparing again makes nothing more."""
    for _ in range(2):
        rotate(suite, at_once=True)
    with suite.context.transaction() as work:
        assert keys.ensure(work, suite.context.part(Provider).box) == 0
        states = [(key.algorithm, key.state) for key in keys.listing(work.session)]
    for algorithm in ("ES256", "RS256", "Ed25519"):
        assert states.count((algorithm, "active")) == 1
        assert states.count((algorithm, "next")) == 1
        assert states.count((algorithm, "retired")) == 2


def test_keys_are_encrypted_at_rest(suite: Suite) -> None:
    """Only the suite's secret opens them; an operator's new secret reads what the old one wrote."""
    with suite.context.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT private_box FROM oidc_signing_keys").all()
    for row in rows:
        assert '"d"' not in row.private_box and '"kty"' not in row.private_box
    rotated = KeyRing(suite.context.database, suite.clock, SecretBox([b"n" * 40, b"k" * 40]))
    assert rotated.document() == suite.context.part(Provider).ring.document()
    stranger = KeyRing(suite.context.database, suite.clock, SecretBox([b"s" * 40]))
    with pytest.raises(ValueError, match="no key"):
        stranger.document()


def test_attack_56_unknown_kids_do_not_become_queries(suite: Suite, portal: App, browser: Browser) -> None:
    """A flood of foreign tokens reads the table at most once in a while."""
    token = portal.tokens(browser)["access_token"]
    counted: list[object] = []
    ring = suite.context.part(Provider).ring
    load = ring._load
    ring._load = lambda now: counted.append(now) or load(now)  # type: ignore[method-assign]
    flood: list[httpx.Response] = [portal.userinfo(_renamed(token, number)) for number in range(20)]
    assert {answer.status_code for answer in flood} == {401}
    assert len(counted) <= 1


def _renamed(token: str, number: int) -> str:
    head = jwt.encode({"alg": "HS256", "kid": f"key_{number}", "typ": "at+jwt"}, {}, _Any.key).split(".")[0]
    return ".".join([head, *token.split(".")[1:]])


class _Any:
    key = KeySet.generate_key_set("oct", 256, count=1).keys[0]
