"""Access tokens are checked offline, and nothing but a sound token of identity for this API gets through (RFC 9068)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySetSerialization, RSAKey

from shared.auth.verifier import TokenRefused, TokenVerifier
from shared.clock import SettableClock
from shared.errors import Problem, unavailable
from tests.support.issuer import ORIGIN, Issuer, new_key
from tests.support.kiosk import API, Kiosk

AUDIENCE = f"{ORIGIN}/api/kiosk"


class Keys:
    """Where the verifier gets its keys: counts, and can be away."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self.fetched = 0
        self.away = False

    def __call__(self) -> KeySetSerialization:
        """The public keys."""
        self.fetched += 1
        if self.away:
            raise unavailable("identity-away", "Try again.")
        return {"keys": [key.as_dict(private=False) for key in self._issuer.keys]}


@pytest.fixture
def issuer(clock: SettableClock) -> Issuer:
    """An issuer with one key."""
    return Issuer(clock)


@pytest.fixture
def keys(issuer: Issuer) -> Keys:
    """Its published keys."""
    return Keys(issuer)


@pytest.fixture
def verifier(keys: Keys, clock: SettableClock) -> TokenVerifier:
    """The verifier of the kiosk's API."""
    return TokenVerifier(ORIGIN, AUDIENCE, clock, keys)


def test_a_sound_token_says_who_calls(verifier: TokenVerifier, issuer: Issuer) -> None:
    """Subject, client, scopes, and the facts about a person."""
    facts: dict[str, Any] = {"sub": "acc_1", "population": "provider", "org": {"id": "org_1"}, "acr": "phr"}
    caller = verifier.verify(issuer.access_token("kiosk", "a.read", "b.write", **facts))
    assert (caller.subject, caller.client_id) == ("acc_1", "suite-service")
    assert caller.scopes == {"a.read", "b.write"}
    assert (caller.population, caller.organization_id, caller.acr) == ("provider", "org_1", "phr")


@pytest.mark.parametrize(
    "bent",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": f"{ORIGIN}/"},
        {"iss": None},
        {"aud": f"{ORIGIN}/api/registration"},
        {"aud": [f"{ORIGIN}/api/registration", f"{AUDIENCE}/more"]},
        {"aud": None},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": 0},
        {"iat": None},
        {"iat": 99999999999},
    ],
    ids=str,
)
def test_a_claim_that_does_not_fit_is_refused(verifier: TokenVerifier, issuer: Issuer, bent: dict[str, Any]) -> None:
    """Issuer, audience and times are compared exactly; a missing one fits nothing."""
    with pytest.raises(TokenRefused):
        verifier.verify(issuer.access_token("kiosk", "a.read", **bent))


def test_one_audience_of_several_is_enough(verifier: TokenVerifier, issuer: Issuer) -> None:
    """`aud` may be a list (RFC 7519 §4.1.3)."""
    assert verifier.verify(issuer.access_token("kiosk", aud=["https://other.example", AUDIENCE])).client_id


def test_a_token_ends_on_the_second(verifier: TokenVerifier, issuer: Issuer, clock: SettableClock) -> None:
    """Five seconds of leeway for clocks that differ, not more."""
    token = issuer.access_token("kiosk")
    clock.advance(timedelta(seconds=304))
    assert verifier.verify(token).subject
    clock.advance(timedelta(seconds=1))
    with pytest.raises(TokenRefused, match="expired"):
        verifier.verify(token)


def test_a_token_ends_though_it_was_good_a_moment_ago(
    verifier: TokenVerifier, issuer: Issuer, keys: Keys, clock: SettableClock
) -> None:
    """What is remembered of a token is its signature, under the keys of now: not its time, nor keys that are gone."""
    token = issuer.access_token("kiosk")
    assert verifier.verify(token) is verifier.verify(token)
    issuer.keys[:] = [new_key("second")]
    clock.advance(timedelta(minutes=4))
    assert verifier.verify(token).subject
    clock.advance(timedelta(seconds=61))  # the keys are fetched anew; the token would live for four seconds more
    with pytest.raises(TokenRefused, match="signature"):
        verifier.verify(token)
    assert keys.fetched >= 2


@pytest.mark.parametrize("typ", ["JWT", "logout+jwt", "", "at+jwt2"])
def test_an_id_token_is_no_access_token(
    verifier: TokenVerifier, issuer: Issuer, clock: SettableClock, typ: str
) -> None:
    """`typ` must say at+jwt, whatever else fits (RFC 9068 §4, RFC 8725 §3.11)."""
    now = int(clock.now().timestamp())
    claims = {"iss": ORIGIN, "aud": AUDIENCE, "sub": "a", "client_id": "b", "iat": now, "exp": now + 60}
    with pytest.raises(TokenRefused, match="typ"):
        verifier.verify(issuer.sign(claims, typ))
    assert verifier.verify(issuer.sign(claims, "application/at+jwt")).subject


def forgeries(issuer: Issuer) -> Iterator[tuple[str, str]]:
    """Tokens that somebody without the private key can make out of a sound one."""
    sound = issuer.access_token("kiosk", "a.read")
    header, payload, signature = sound.split(".")
    public = issuer.keys[0].as_dict(private=False)
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    stranger = new_key("first")
    yield "signed by a stranger with our kid", issuer.access_token("kiosk", "a.read", key=stranger)
    yield "none", f"{segment({'alg': 'none', 'typ': 'at+jwt', 'kid': 'first'})}.{payload}."
    yield "None with the old signature", f"{segment({'alg': 'None', 'typ': 'at+jwt'})}.{payload}.{signature}"
    yield "no signature", f"{header}.{payload}."
    yield "another payload", f"{header}.{segment({**claims, 'scope': 'everything'})}.{signature}"
    for secret in (json.dumps(public).encode(), issuer.keys[0].as_pem(private=False)):
        signed = f"{segment({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'first'})}.{payload}"
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        yield "public key as HMAC secret", f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    own = {"alg": "ES256", "typ": "at+jwt", "jwk": stranger.as_dict(private=False)}
    yield "brings its own key", jws.serialize_compact(own, json.dumps(claims), stranger)
    rsa = RSAKey.generate_key(2048, {"kid": "first"})
    yield "another kind of key", jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": "first"}, claims, rsa)
    yield (
        "critical extension",
        f"{segment({'alg': 'ES256', 'typ': 'at+jwt', 'kid': 'first', 'crit': ['x']})}.{payload}.{signature}",
    )


def segment(content: object) -> str:
    """JSON as a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_no_forgery_gets_through(verifier: TokenVerifier, issuer: Issuer) -> None:
    """alg none, HS256 with the public key, a key in the header, a stranger's signature, changed content."""
    for what, token in forgeries(issuer):
        with pytest.raises(TokenRefused):
            verifier.verify(token)
            pytest.fail(what)


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b",
        "..",
        "a.b.c.d.e",
        "é.é.é",
        f"{segment([])}.e30.x",
        f"{segment('text')}.e30.x",
        f"{segment(None)}.e30.x",
        f"{segment({})}.e30.x",
        f"{segment({'alg': 5, 'kid': 7, 'typ': []})}.e30.x",
        f"{segment({'alg': 'ES256', 'kid': {'a': 1}, 'typ': 'at+jwt'})}.e30.x",
        f"{segment({'alg': ['ES256']})}.e30.x",
        f"{segment({'alg': 'ES256', 'kid': 'first', 'typ': 'at+jwt', 'crit': 1})}.e30.x",
        base64.urlsafe_b64encode(b"[" * 6000).decode() + ".e30.x",
        base64.urlsafe_b64encode(b'{"alg":' * 800).decode() + ".e30.x",
        "\x00.\x00.\x00",
        "e30" * 3000,
    ],
)
def test_what_is_no_token_is_refused_politely(kiosk: Kiosk, verifier: TokenVerifier, token: str) -> None:
    """401 and a challenge through the front door, never a crash."""
    with pytest.raises(TokenRefused):
        verifier.verify(token)
    if token.isascii() and "\x00" not in token:
        answer = kiosk.browser().get(f"{API}/things", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.get_json()["type"]) == (401, "/problems/token-refused")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_keys_are_fetched_once_and_again_after_five_minutes(
    verifier: TokenVerifier, issuer: Issuer, keys: Keys, clock: SettableClock
) -> None:
    """Offline means offline."""
    for _ in range(20):
        verifier.verify(issuer.access_token("kiosk"))
    assert keys.fetched == 1
    clock.advance(timedelta(minutes=5, seconds=1))
    verifier.verify(issuer.access_token("kiosk"))
    assert keys.fetched == 2


def test_a_new_key_is_taken_up_at_once(
    verifier: TokenVerifier, issuer: Issuer, keys: Keys, clock: SettableClock
) -> None:
    """A rotation needs no restart: an unknown kid asks for the keys again."""
    verifier.verify(issuer.access_token("kiosk"))
    clock.advance(timedelta(seconds=11))
    issuer.keys.append(new_key("second"))
    assert verifier.verify(issuer.access_token("kiosk")).subject
    assert verifier.verify(issuer.access_token("kiosk", key=issuer.keys[0])).subject
    assert keys.fetched == 2


def test_a_flood_of_unknown_keys_is_no_flood_of_requests(
    verifier: TokenVerifier, issuer: Issuer, keys: Keys, clock: SettableClock
) -> None:
    """At most one fetch in ten seconds, whatever strangers send (threat 56)."""
    verifier.verify(issuer.access_token("kiosk"))
    flood(verifier, issuer, clock)
    assert keys.fetched <= 1 + 4


def test_a_flood_while_identity_is_away_is_no_flood_either(
    verifier: TokenVerifier, issuer: Issuer, keys: Keys, clock: SettableClock
) -> None:
    """A fetch that fails counts as one, and sound tokens go on being served with the keys at hand."""
    verifier.verify(issuer.access_token("kiosk"))
    keys.away = True
    flood(verifier, issuer, clock)
    assert keys.fetched <= 1 + 4
    assert verifier.verify(issuer.access_token("kiosk")).subject


def flood(verifier: TokenVerifier, issuer: Issuer, clock: SettableClock) -> None:
    """Thirty seconds of strangers' keys, ten a second."""
    strangers = [ECKey.generate_key("P-256", {"kid": f"stranger {number}"}) for number in range(5)]
    for number in range(300):
        with pytest.raises(TokenRefused):
            verifier.verify(issuer.access_token("kiosk", key=strangers[number % 5]))
        clock.advance(timedelta(milliseconds=100))


def test_keys_outlive_a_pause_of_identity_but_not_for_ever(
    verifier: TokenVerifier, issuer: Issuer, keys: Keys, clock: SettableClock
) -> None:
    """A restart of identity is not an outage of everybody; an hour without it is."""
    verifier.verify(issuer.access_token("kiosk"))
    keys.away = True
    clock.advance(timedelta(minutes=6))
    assert verifier.verify(issuer.access_token("kiosk")).subject
    clock.advance(timedelta(hours=1))
    with pytest.raises(Problem) as refusal:
        verifier.verify(issuer.access_token("kiosk"))
    assert refusal.value.status == 503


def test_a_clock_that_was_set_back_does_not_keep_old_keys(
    verifier: TokenVerifier, issuer: Issuer, keys: Keys, clock: SettableClock
) -> None:
    """The local run's clock travels; keys fetched "in the future" are fetched again."""
    verifier.verify(issuer.access_token("kiosk"))
    clock.advance(timedelta(days=-2))
    verifier.verify(issuer.access_token("kiosk"))
    assert keys.fetched == 2
