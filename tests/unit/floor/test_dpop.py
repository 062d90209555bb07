"""A proof of possession is good for one request of one key at one moment, and for nothing else (E6, RFC 9449 §4.3)."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from shared.auth.dpop import ALGORITHMS, BadProof, NonceWanted, Proof, nonces, read_proof
from shared.clock import SettableClock
from tests.support.issuer import ORIGIN
from tests.support.possession import Holder, Key

PATH = "/api/kiosk/v1/things"
URL = ORIGIN + PATH
KEYS = [b"a" * 32, b"b" * 32]


@pytest.fixture(scope="module")
def rsa() -> RSAKey:
    """A key of the length that most RSA clients have."""
    return RSAKey.generate_key(2048)


@pytest.fixture
def holder(clock: SettableClock) -> Holder:
    """Somebody with a P-256 key."""
    return Holder(clock)


def read(clock: SettableClock, text: str, **more: Any) -> Proof:
    """Read a proof of a GET."""
    asked: dict[str, Any] = {"method": "GET", "url": URL, "now": clock.now()}
    return read_proof(text, **(asked | more))


def refused(clock: SettableClock, text: str, **more: Any) -> str:
    """The reason for which a proof is refused."""
    with pytest.raises(BadProof) as caught:
        read(clock, text, **more)
    return str(caught.value)


def test_a_sound_proof_names_its_key(clock: SettableClock, holder: Holder) -> None:
    """The thumbprint is that of RFC 7638, as another library computes it."""
    proof = read(clock, holder.proof("GET", PATH, jti="once"))
    assert (proof.jkt, proof.jti, proof.issued_at, proof.algorithm) == (holder.jkt, "once", clock.now(), "ES256")


def test_the_thumbprint_of_the_rfc() -> None:
    """The proof of RFC 9449 §4.1 has the thumbprint of its §6.1."""
    text = (
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
        "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
        ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0"
        "IjoxNTYyMjYyNjE2fQ"
        ".2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
    )
    then = datetime.fromtimestamp(1562262616, UTC)
    proof = read_proof(text, method="POST", url="https://server.example.com/token", now=then)
    assert proof.jkt == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_that_is_offered_works(clock: SettableClock, rsa: RSAKey, algorithm: str) -> None:
    """E2 and E6; an RSA key makes the header longer than the library's own limit of 512 bytes."""
    key: Key = ECKey.generate_key("P-256") if algorithm == "ES256" else OKPKey.generate_key("Ed25519")
    other = Holder(clock, rsa if algorithm == "PS256" else key, algorithm)
    assert read(clock, other.proof("GET", PATH)).jkt == other.jkt


def test_a_long_rsa_key_fits(clock: SettableClock) -> None:
    """4,096 bits, the longest that anybody uses."""
    other = Holder(clock, RSAKey.generate_key(4096), "PS256")
    assert read(clock, other.proof("GET", PATH)).algorithm == "PS256"


@pytest.mark.parametrize(
    "bent",
    [
        {"htm": "POST"},
        {"htm": "get"},
        {"htm": None},
        {"htm": ["GET"]},
        {"htu": None},
        {"htu": 5},
        {"htu": f"{ORIGIN}/api/kiosk/v1/thing"},
        {"htu": f"{URL}/"},
        {"htu": f"https://localhost:8000{PATH}"},
        {"htu": f"http://localhost{PATH}"},
        {"htu": f"http://localhost.evil.example:8000{PATH}"},
        {"htu": f"http://user@localhost:8000{PATH}"},
        {"htu": "http://[::1"},
        {"htu": f"http://localhost:99999{PATH}"},
        {"htu": PATH},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": {}},
        {"nbf": "soon"},
        {"exp": []},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
    ],
)
def test_attack_14_a_bent_claim(clock: SettableClock, holder: Holder, bent: dict[str, Any]) -> None:
    """threat 14: another method, another address, no time, no name."""
    assert refused(clock, holder.proof("GET", PATH, **bent))


@pytest.mark.parametrize(
    "htu",
    [
        f"{URL}?page=2",
        f"{URL}#here",
        f"HTTP://LOCALHOST:8000{PATH}",
        f"{ORIGIN}/api/kiosk/v1/thin%67s",
        f"{ORIGIN}/%61pi/kiosk/v1/things?x",
    ],
)
def test_an_address_may_be_spelled_otherwise(clock: SettableClock, holder: Holder, htu: str) -> None:
    """Query and fragment are not compared, and equal addresses are equal (RFC 9449 §4.3, RFC 3986 §6.2)."""
    assert read(clock, holder.proof("GET", PATH, htu=htu)).jkt == holder.jkt


def test_the_port_that_goes_without_saying(clock: SettableClock, holder: Holder) -> None:
    """https and 443 are one; an origin alone and its slash are one."""
    text = holder.proof("GET", PATH, htu="https://auth.example:443")
    assert read(clock, text, url="https://auth.example/").jkt == holder.jkt


@pytest.mark.parametrize(("seconds", "good"), [(-3600, False), (-61, False), (-60, True), (-10, True), (0, True)])
def test_attack_14_an_old_proof(clock: SettableClock, holder: Holder, seconds: int, good: bool) -> None:
    """threat 14, FAPI 2.0 ensure-dpopproof-with-iat-10seconds-before-succeeds."""
    text = holder.proof("GET", PATH, iat=int(clock.now().timestamp()) + seconds)
    assert (read(clock, text) is not None) if good else "too old" in refused(clock, text)


@pytest.mark.parametrize(("seconds", "good"), [(10, True), (15, True), (16, False), (60, False), (10**12, False)])
@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_attack_14_a_proof_of_tomorrow(
    clock: SettableClock, holder: Holder, claim: str, seconds: int, good: bool
) -> None:
    """FAPI 2.0 §5.3.2.1: ten seconds ahead are let through, a minute is not; ASVS 9.2.1 for `nbf`."""
    bent: dict[str, Any] = {claim: int(clock.now().timestamp()) + seconds}
    text = holder.proof("GET", PATH, **bent)
    assert (read(clock, text) is not None) if good else "future" in refused(clock, text)


def test_an_end_that_a_proof_names_counts(clock: SettableClock, holder: Holder) -> None:
    """ASVS 9.2.1, FAPI 2.0 check-dpop-proof-nbf-exp: `exp` and `nbf` need not be there, but are not ignored."""
    now = int(clock.now().timestamp())
    assert read(clock, holder.proof("GET", PATH, nbf=now, exp=now + 300)).jkt == holder.jkt
    assert "too old" in refused(clock, holder.proof("GET", PATH, exp=now))


@pytest.mark.parametrize(
    "header",
    [
        {"typ": None},
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"typ": ["dpop+jwt"]},
        {"jwk": None},
        {"jwk": "key"},
        {"jwk": {}},
        {"jwk": {"kty": "EC", "crv": "P-256"}},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": 1, "y": 2}},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"crit": ["exp"]},
        {"crit": 1},
    ],
)
def test_attack_14_a_bent_header(clock: SettableClock, holder: Holder, header: dict[str, Any]) -> None:
    """threat 14, ASVS 9.2.2: another type of token, no key, half a key, something critical that we do not know."""
    assert refused(clock, holder.proof("GET", PATH, header=header))


def test_attack_14_a_private_key_in_the_open(clock: SettableClock, holder: Holder, rsa: RSAKey) -> None:
    """threat 14: a key that was sent along is nobody's any more (RFC 9449 §4.3)."""
    for one in (holder, Holder(clock, OKPKey.generate_key("Ed25519"), "EdDSA")):
        text = one.proof("GET", PATH, header={"jwk": dict(one.key.as_dict(private=True))})
        assert refused(clock, text) == "jwk holds a private key"
    other = Holder(clock, rsa, "PS256")
    for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k"):
        assert "private" in refused(clock, other.proof("GET", PATH, header={"jwk": other.public | {name: "AQAB"}}))


def test_attack_14_a_signature_of_another_key(clock: SettableClock, holder: Holder) -> None:
    """threat 14: the key in the header is the one that must have signed."""
    stranger = Holder(clock)
    assert "signature" in refused(clock, stranger.proof("GET", PATH, header={"jwk": holder.public}))


def test_attack_14_no_signature_and_a_shared_secret(clock: SettableClock, holder: Holder) -> None:
    """threat 14, ASVS 9.1.2: `none` and HS256 are not on the list, not even with the public key as the secret."""
    head, body, _ = holder.proof("GET", PATH).split(".")
    bare = json.dumps({"typ": "dpop+jwt", "alg": "none", "jwk": holder.public}).encode()
    assert "alg" in refused(clock, f"{base64.urlsafe_b64encode(bare).decode().rstrip('=')}.{body}.")
    secret = OctKey.import_key(json.dumps(holder.public))
    forged = Holder(clock, secret, "HS256")  # type: ignore[arg-type]
    assert "alg" in refused(clock, forged.proof("GET", PATH, header={"jwk": holder.public}))
    assert refused(clock, f"{head}.{body}.") and refused(clock, f"{head}.{body}")


def test_attack_14_an_algorithm_of_another_key(clock: SettableClock, holder: Holder, rsa: RSAKey) -> None:
    """ASVS 9.1.2: alg and key must be of one kind; short RSA keys and other curves are no keys."""
    assert "for this alg" in refused(
        clock, Holder(clock, rsa, "PS256").proof("GET", PATH, header={"jwk": holder.public})
    )
    wide = Holder(clock, ECKey.generate_key("P-384"), "ES384")
    assert "alg" in refused(clock, wide.proof("GET", PATH))
    assert refused(clock, wide.proof("GET", PATH, header={"jwk": wide.public | {"crv": "P-256"}}))
    short = {"kty": "RSA", "e": "AQAB", "n": rsa.as_dict(private=False)["n"][:171]}  # 1,024 bits
    assert "2048 bits" in refused(clock, Holder(clock, rsa, "PS256").proof("GET", PATH, header={"jwk": short}))


def test_attack_14_keys_from_elsewhere_are_not_fetched(clock: SettableClock, holder: Holder) -> None:
    """ASVS 9.1.3: only `jwk` names the key; `jku`, `x5u` and `kid` mean nothing and lead nowhere."""
    elsewhere = {"jku": "https://evil.example/keys", "x5u": "https://evil.example/cert", "kid": "../../etc/passwd"}
    assert read(clock, holder.proof("GET", PATH, header=elsewhere)).jkt == holder.jkt
    assert refused(clock, holder.proof("GET", PATH, header=elsewhere | {"jwk": None})) == "jwk is missing"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é", "a" * 6001, "eyJ9.e30.", '"', "x,y"])
def test_what_is_no_jwt_is_refused_and_no_fault(clock: SettableClock, text: str) -> None:
    """Nothing that stands in the header becomes a 500 (threat 57)."""
    assert refused(clock, text)


def test_attack_14_two_proofs_in_one_header(clock: SettableClock, holder: Holder) -> None:
    """A server joins repeated headers with a comma: that is no proof (RFC 9449 §4.3, first check)."""
    assert refused(clock, f"{holder.proof('GET', PATH)},{holder.proof('GET', PATH)}")


def test_claims_that_are_no_object(clock: SettableClock, holder: Holder) -> None:
    """A list signed by the right key is still no proof."""
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": holder.public}
    assert "not an object" in refused(clock, holder.sign([1], header))


def test_attack_14_a_proof_for_another_token(clock: SettableClock, holder: Holder) -> None:
    """threat 14: with an access token the proof names it, and only it."""
    good = holder.proof("GET", PATH, "token-1")
    assert read(clock, good, access_token="token-1").jkt == holder.jkt
    assert "ath" in refused(clock, good, access_token="token-2")
    for bent in (None, 5, "", "ünicode"):
        assert "ath" in refused(clock, holder.proof("GET", PATH, ath=bent), access_token="token-1")


def test_a_nonce_is_good_for_a_minute_or_two(clock: SettableClock, holder: Holder) -> None:
    """E6, RFC 9449 §8: made of the minute, known to every process, and soon worth nothing."""
    given = nonces(KEYS, clock.now())[0]
    text = holder.proof("GET", PATH, nonce=given)
    assert read(clock, text, nonces=nonces(KEYS, clock.now())).jkt == holder.jkt
    clock.advance(timedelta(seconds=60))
    later = holder.proof("GET", PATH, nonce=given)
    assert read(clock, later, nonces=nonces(KEYS, clock.now())).jkt == holder.jkt
    clock.advance(timedelta(seconds=60))
    with pytest.raises(NonceWanted):
        read(clock, holder.proof("GET", PATH, nonce=given), nonces=nonces(KEYS, clock.now()))


@pytest.mark.parametrize("nonce", [None, "", "guess", 5, ["x"], "é"])
def test_a_nonce_of_somebody_else_is_none(clock: SettableClock, holder: Holder, nonce: object) -> None:
    """E6: nobody guesses one, and asking again is all that happens."""
    with pytest.raises(NonceWanted):
        read(clock, holder.proof("GET", PATH, nonce=nonce), nonces=nonces(KEYS, clock.now()))


def test_nonces_survive_a_rotation_of_our_keys(clock: SettableClock) -> None:
    """What the old key gave out is good beside what the new one gives; a key of our own is not needed by anybody."""
    old, new = nonces(KEYS[:1], clock.now()), nonces([b"n" * 32, KEYS[0]], clock.now())
    assert old[0] in new and new[0] not in old
    assert all(len(one) == 24 and one.isascii() for one in new)
