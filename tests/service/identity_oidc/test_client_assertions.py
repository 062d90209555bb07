"""Clients that prove themselves with a key: row E9 (RFC 7523), threats 9 and 10."""

import hmac
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from identity.oidc.clients.key_sets import KeySets
from identity.oidc.clients.policy import BASIC, POST, PRIVATE_KEY_JWT
from identity.oidc.outbound.fetcher import Fetcher
from shared.cache import RedisCache
from tests.service.identity_oidc.signing import (
    EDDSA,
    ES256,
    PS256,
    STRANGERS,
    TYPE,
    Signer,
    encoded,
    public,
    register,
    spec,
    with_parts,
)
from tests.service.identity_oidc.strangers import says, stranger
from tests.service.identity_oidc.suite import ORIGIN, SECRETS, App, Browser, Suite, copied
from tests.support.cache_promises import rivals

REFUSED = (401, "GH-OIDC-043")


@pytest.fixture
def signer(suite: Suite) -> Signer:
    """A program with an ES256 key."""
    register(suite, spec())
    return Signer(suite)


@pytest.fixture(scope="module")
def attacked(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signer]:
    """One program against which all of the attacks are tried: none may leave anything behind."""
    made = Suite(copied(prepared, tmp_path_factory.mktemp("attacked")))
    register(made, spec())
    yield Signer(made)
    made.close()


def told(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal of a client."""
    body = answer.json()
    assert body["error"] == "invalid_client" or answer.status_code == 503
    return answer.status_code, body["error_description"].rsplit("(", 1)[1].rstrip(")")


def test_a_key_stands_for_a_secret(signer: Signer) -> None:
    """Row E9: at the token endpoint, with and without client_id, and wherever else clients prove themselves."""
    issued = signer.ask()
    assert issued.status_code == 200, issued.text
    assert signer.ask(client_id="signer").status_code == 200
    token = issued.json()["access_token"]
    assert signer.ask(path="/oauth/introspect", token=token).json()["active"] is True
    assert signer.ask(path="/oauth/revoke", token=token).status_code == 200
    assert signer.ask(path="/oauth/introspect", token=token).json() == {"active": False}


@pytest.mark.parametrize(
    ("key", "alg"), [(ES256, "ES256"), (PS256, "PS256"), (PS256, "RS256"), (EDDSA, "EdDSA"), (EDDSA, "Ed25519")]
)
def test_every_algorithm_that_the_metadata_names_works(suite: Suite, key: Any, alg: str) -> None:
    """Row E2: for a client that is registered without one of its own; every other is refused (ASVS 9.1.2)."""
    register(suite, spec(auth_signing_alg=None, jwks=public(ES256, PS256, EDDSA)))
    assert Signer(suite, key=key, alg=alg).ask().status_code == 200
    named = suite.http.get("/.well-known/openid-configuration").json()
    for endpoint in ("token", "introspection", "revocation"):
        assert alg in named[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert PRIVATE_KEY_JWT in named[f"{endpoint}_endpoint_auth_methods_supported"]
    if alg != "ES256":
        register(suite, spec(jwks=public(ES256, PS256, EDDSA)))
        assert told(Signer(suite, key=key, alg=alg).ask()) == REFUSED


def seconds(**ahead: int) -> Callable[[Signer], str]:
    """An assertion with times so far from now."""

    def make(signer: Signer) -> str:
        now = int(signer.suite.clock.now().timestamp())
        changes: dict[str, Any] = {name: now + value for name, value in ahead.items()}
        return signer.assertion(**changes)

    return make


@pytest.mark.parametrize("ahead", [{"iat": 10}, {"nbf": 10}, {"iat": -3000}, {"exp": 1}, {"exp": 300}, {"nbf": -60}])
def test_clocks_may_differ_a_little(signer: Signer, ahead: dict[str, int]) -> None:
    """Ten seconds ahead are let through (FAPI 2.0 §5.3.2.1); an assertion lives five minutes at most."""
    assert signer.ask(seconds(**ahead)(signer)).status_code == 200


def with_header(**members: Any) -> Callable[[Signer], str]:
    """An assertion whose header says so."""
    return lambda signer: signer.assertion(header=members)


def with_claims(**claims: Any) -> Callable[[Signer], str]:
    """An assertion that claims so."""
    return lambda signer: signer.assertion(**claims)


def by_hand(header: object, claims: object | None = None, signature: str = "") -> Callable[[Signer], str]:
    """Three parts that no library would make."""
    return lambda signer: f"{encoded(header)}.{encoded(claims if claims is not None else signer.claims())}.{signature}"


def tampered(signer: Signer) -> str:
    """Signed, and then made to say something else."""
    header, _, signature = signer.assertion().split(".")
    return f"{header}.{encoded(signer.claims(exp=2_000_000_000))}.{signature}"


def hashed(signer: Signer, key: bytes) -> str:
    """Signed with a key that everybody knows, as if it were a secret; libraries refuse to, so by hand."""
    signed = f"{encoded({'alg': 'HS256', 'kid': 'es'})}.{encoded(signer.claims())}"
    return f"{signed}.{encoded(hmac.digest(key, signed.encode(), 'sha256'))}"


ATTACKS: dict[str, Callable[[Signer], str]] = {
    "alg none": by_hand({"alg": "none", "kid": "es"}),
    "alg none, no signature part": lambda signer: by_hand({"alg": "none"})(signer).rstrip("."),
    "alg missing": by_hand({"kid": "es"}, signature="AA"),
    "alg a list": by_hand({"alg": ["ES256"], "kid": "es"}, signature="AA"),
    "HS256 with the public key": lambda signer: hashed(signer, ES256.as_pem(private=False)),
    "HS256 with the public JWK": lambda signer: hashed(signer, json.dumps(public(ES256)["keys"][0]).encode()),
    "RS256 where ES256 is registered": lambda signer: signer.assertion(header={"alg": "RS256"}, key=PS256),
    "ES256 named over an RSA signature": lambda signer: signer.assertion(
        header={"alg": "RS256", "kid": "es"}, key=PS256
    ),
    "somebody else's key of the same kid": lambda signer: signer.assertion(key=STRANGERS),
    "tampered": tampered,
    "empty signature": by_hand({"alg": "ES256", "kid": "es"}),
    "signature of zeros": by_hand({"alg": "ES256", "kid": "es"}, signature="A" * 86),
    "kid unknown": with_header(kid="other"),
    "kid a path": with_header(kid="../../../../dev/null"),
    "kid SQL": with_header(kid="es' UNION SELECT 1 --"),
    "kid a number": with_header(kid=1),
    "kid a list": with_header(kid=["es"]),
    "inline jwk": with_header(jwk=STRANGERS.as_dict(private=False)),
    "inline jwk that is ours": with_header(jwk=ES256.as_dict(private=False)),
    "x5c": with_header(x5c=["AAAA"]),
    "crit": with_header(crit=["exp"], exp=1),
    "b64 off": with_header(b64=False, crit=["b64"]),
    "an access token's typ": with_header(typ="at+jwt"),
    "a DPoP proof's typ": with_header(typ="dpop+jwt"),
    "a logout token's typ": with_header(typ="logout+jwt"),
    "aud missing": with_claims(aud=None),
    "aud the token endpoint": with_claims(aud=f"{ORIGIN}/oauth/token"),
    "aud the PAR endpoint": with_claims(aud=f"{ORIGIN}/oauth/par"),
    "aud another server": with_claims(aud="https://other.example"),
    "aud with a slash": with_claims(aud=f"{ORIGIN}/"),
    "aud a list of us": with_claims(aud=[ORIGIN]),
    "aud a list of us and others": with_claims(aud=[ORIGIN, "https://other.example"]),
    "no sub": with_claims(sub=None),
    "no iss": with_claims(iss=None),
    "iss another": with_claims(iss="portal"),
    "sub another": with_claims(sub="portal"),
    "sub a list": with_claims(sub=["signer"], iss=["signer"]),
    "no jti": with_claims(jti=None),
    "jti empty": with_claims(jti=""),
    "jti a number": with_claims(jti=7),
    "jti endless": with_claims(jti="a" * 257),
    "no exp": with_claims(exp=None),
    "exp text": with_claims(exp="2000000000"),
    "exp true": with_claims(exp=True),
    "exp enormous": with_claims(exp=1e300),
    "exp infinite": by_hand({"alg": "ES256", "kid": "es"}, b'{"iss":"signer","sub":"signer","exp":1e999}', "AA"),
    "expired": seconds(exp=0),
    "expired five minutes ago": seconds(exp=-300),
    "far exp": seconds(exp=331),
    "an hour": seconds(exp=3600),
    "iat far ahead": seconds(iat=61),
    "nbf far ahead": seconds(nbf=61, exp=120),
    "claims a list": by_hand({"alg": "ES256", "kid": "es"}, [], "AA"),
    "claims a number": by_hand({"alg": "ES256", "kid": "es"}, 7, "AA"),
    "claims no JSON": by_hand({"alg": "ES256", "kid": "es"}, b"{", "AA"),
    "header a list": by_hand([], signature="AA"),
    "header no JSON": by_hand(b"{", signature="AA"),
    "not three parts": lambda _signer: "a.b",
    "not base 64": lambda _signer: "ä.ö.ü",
    "huge": with_claims(more="a" * 5000),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_10_an_assertion_that_proves_nothing(attacked: Signer, attack: str) -> None:
    """Threat 10, ASVS 9.1.1 to 9.1.3 and 10.4.10: one answer for all of them; what is sound still works afterwards."""
    refused = attacked.ask(ATTACKS[attack](attacked))
    assert told(refused) == REFUSED
    nobody = replace(attacked, client_id="nobody").ask()
    assert (nobody.status_code, nobody.content) == (refused.status_code, refused.content)
    assert attacked.ask().status_code == 200


def test_attack_10_the_same_assertion_twice(signer: Signer) -> None:
    """Threat 10, row E9: a jti is good once, at whatever endpoint; another client may use the same one."""
    once = signer.assertion(jti="the-same")
    assert signer.ask(once).status_code == 200
    assert told(signer.ask(once)) == REFUSED
    assert told(signer.ask(once, path="/oauth/introspect", token="x")) == REFUSED
    assert told(signer.ask(signer.assertion(jti="the-same"))) == REFUSED
    register(signer.suite, spec("other-signer"))
    other = replace(signer, client_id="other-signer")
    assert other.ask(other.assertion(jti="the-same")).status_code == 200


def test_attack_10_the_same_assertion_until_its_very_end(signer: Signer) -> None:
    """Threat 10: it is remembered as long as it could be believed."""
    once = seconds(exp=300)(signer)
    assert signer.ask(once).status_code == 200
    signer.suite.clock.advance(timedelta(seconds=299))
    assert told(signer.ask(once)) == REFUSED
    signer.suite.clock.advance(timedelta(seconds=2))
    assert told(signer.ask(once)) == REFUSED


def test_attack_10_the_same_assertion_sixteen_times_at_once(signer: Signer) -> None:
    """Threat 10: one of them is believed."""
    once = signer.assertion()
    statuses = rivals(lambda: signer.ask(once).status_code)
    assert sorted(statuses) == [200, *[401] * 15]


def test_where_replay_cannot_be_told_nothing_is_believed(signer: Signer) -> None:
    """The cache away: 503 and not a token (fail closed, ASVS 16.5.3); clients with secrets go on."""
    with_parts(signer.suite, cache=RedisCache("redis://127.0.0.1:1/0", "test:"))
    assert told(signer.ask()) == (503, "GH-OIDC-070")
    assert App(signer.suite).own_token().status_code == 200


def test_attack_10_an_assertion_makes_us_call_nobody(suite: Suite) -> None:
    """Threats 10 and 12, ASVS 9.1.3: neither for an address in its header, nor before it is sound in itself."""
    with stranger(says(b'{"keys": []}')) as other:
        with_parts(suite, key_sets=KeySets(Fetcher(allow_loopback=True)))
        register(suite, spec(jwks=None, jwks_uri=other.url()))
        signer = Signer(suite)
        for name in ("jku", "x5u"):
            assert told(signer.ask(signer.assertion(header={name: other.url("/evil")}))) == REFUSED
        for attack in (
            "aud a list of us",
            "expired",
            "far exp",
            "no jti",
            "alg none",
            "RS256 where ES256 is registered",
        ):
            assert told(signer.ask(ATTACKS[attack](signer))) == REFUSED
        assert other.called == 0
        assert told(signer.ask()) == REFUSED
        assert other.called == 1


def test_keys_behind_an_address_are_fetched_and_a_bad_one_is_told_alike(suite: Suite) -> None:
    """Row E9; a redirect to the keys is not followed (threat 12)."""
    with stranger(says(json.dumps(public(ES256)).encode())) as other:
        moved = says(b"", status="302 Found", headers=f"Location: {other.url()}\r\n")
        with stranger(moved) as first:
            with_parts(suite, key_sets=KeySets(Fetcher(allow_loopback=True)))
            register(suite, spec(jwks=None, jwks_uri=other.url()))
            register(suite, spec("moved", jwks=None, jwks_uri=first.url()))
            assert [Signer(suite).ask().status_code for _ in range(3)] == [200, 200, 200]
            assert told(Signer(suite, "moved").ask()) == REFUSED
            assert (other.called, first.called) == (1, 1)


def test_attack_9_two_methods_at_once(signer: Signer) -> None:
    """Threat 9: whatever the second is, and although each alone would do."""
    http, secret = signer.suite.http, SECRETS["portal"]
    form = {"grant_type": "client_credentials"}
    both = [
        {"client_assertion": signer.assertion(), "client_assertion_type": TYPE, "client_secret": secret},
        {"client_assertion_type": TYPE, "client_secret": secret, "client_id": "portal"},
    ]
    for body in both:
        assert http.post("/oauth/token", data=form | body).json()["error"] == "invalid_request"
    for body in (both[0], {"client_assertion": signer.assertion(), "client_assertion_type": TYPE}):
        answer = http.post("/oauth/token", data=form | body, auth=("portal", secret))
        assert answer.json()["error"] == "invalid_request"
    other = signer.ask(client_id="portal")
    assert (other.status_code, other.json()["error"]) == (400, "invalid_request")


def test_attack_9_a_secret_in_the_address(suite: Suite) -> None:
    """Threat 9: addresses are logged everywhere, so nothing is read from them."""
    form = {"grant_type": "client_credentials"}
    for query in (f"client_id=portal&client_secret={SECRETS['portal']}", "client_assertion=x"):
        assert suite.http.post(f"/oauth/token?{query}", data=form).json()["error"] == "invalid_request"


@pytest.mark.parametrize("kind", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", TYPE.upper()])
def test_an_assertion_of_another_kind_is_none(signer: Signer, kind: str) -> None:
    """Its type is compared as it stands."""
    body = {"client_assertion": signer.assertion(), "client_assertion_type": kind, "client_id": "signer"}
    answer = signer.suite.http.post("/oauth/token", data={"grant_type": "client_credentials"} | body)
    assert told(answer) == REFUSED


def test_a_client_uses_its_own_methods_only(signer: Signer) -> None:
    """ASVS 10.4.10: one with a key cannot come with a secret or with nothing, nor one with a secret with a key."""
    form = {"grant_type": "client_credentials", "client_id": "signer"}
    http = signer.suite.http
    assert told(http.post("/oauth/token", data=form)) == REFUSED
    for secret in ("", "x" * 43):
        assert told(http.post("/oauth/token", data=form | {"client_secret": secret})) == REFUSED
        assert told(http.post("/oauth/token", data=form, auth=("signer", secret))) == REFUSED
    assert told(replace(signer, client_id="portal").ask()) == REFUSED
    with_secret = spec("mixed", auth_methods=(BASIC, PRIVATE_KEY_JWT))
    register(signer.suite, with_secret, "m" * 43)
    assert replace(signer, client_id="mixed").ask().status_code == 200
    mixed = {"grant_type": "client_credentials"}
    assert http.post("/oauth/token", data=mixed, auth=("mixed", "m" * 43)).status_code == 200
    assert told(http.post("/oauth/token", data=mixed | {"client_id": "mixed", "client_secret": "m" * 43})) == REFUSED


def test_a_client_that_is_switched_off_is_unknown(signer: Signer, portal: App, browser: Browser) -> None:
    """Whatever it comes with, and at once."""
    register(signer.suite, spec(enabled=False))
    assert told(signer.ask()) == REFUSED
    register(
        signer.suite, spec("secretive", auth_methods=(POST,), jwks=None, auth_signing_alg=None, enabled=False), "s" * 43
    )
    body = {"grant_type": "client_credentials", "client_id": "secretive", "client_secret": "s" * 43}
    assert told(signer.suite.http.post("/oauth/token", data=body)) == REFUSED


def test_no_assertion_reaches_the_log(signer: Signer, caplog: pytest.LogCaptureFixture) -> None:
    """ASVS 16.2.5: neither one that was believed nor one that was refused."""
    caplog.set_level(logging.DEBUG)
    good, bad = signer.assertion(), signer.assertion(aud="https://other.example")
    signer.ask(good)
    signer.ask(bad)
    assert not [text for text in (good, bad) if text in caplog.text or text.rsplit(".", 1)[1] in caplog.text]
