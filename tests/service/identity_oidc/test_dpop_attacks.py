"""Attack 14 of the threat table at our own doors: proofs that are none, at the token endpoint and at userinfo."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.auth.dpop import ALGORITHMS
from shared.cache import CacheAway
from tests.service.identity_oidc.proving import KEPT_SECRET, TOKEN, USERINFO, VAULT, KeyApp, portal, register, vault
from tests.service.identity_oidc.suite import ORIGIN, SECRETS, Browser, Suite
from tests.service.identity_oidc.test_attacks_on_codes import check_refused
from tests.support.possession import Holder

OWN = {"grant_type": "client_credentials"}
PAST, AHEAD = -timedelta(seconds=61), timedelta(seconds=60)


@pytest.fixture
def app(suite: Suite) -> KeyApp:
    """The portal, with a key."""
    return KeyApp(suite, holder=Holder(suite.clock), secret=SECRETS["portal"])


@pytest.fixture
def token(app: KeyApp, browser: Browser) -> str:
    """A token that is bound to the portal's key."""
    return str(app.tokens(browser)["access_token"])


def at_userinfo(app: KeyApp, headers: dict[str, str]) -> httpx.Response:
    """Ask userinfo with these headers."""
    return app.suite.http.get(USERINFO, headers=headers)


def check_challenged(answer: httpx.Response, error: str) -> str:
    """401 with the challenge of RFC 9449 §7.1; return the description."""
    told = answer.headers["WWW-Authenticate"]
    assert answer.status_code == 401 and answer.json()["error"] == error, answer.text
    assert told.startswith(f'DPoP algs="{" ".join(ALGORITHMS)}", error="{error}"'), told
    return str(answer.json()["error_description"])


# What may be wrong with a proof: FAPI 2.0 dpop-negative-tests, each with the words that an honest developer gets.
BENT: list[tuple[dict[str, Any], str]] = [
    ({"htm": "PUT"}, "htm"),
    ({"htm": None}, "htm"),
    ({"htu": f"{ORIGIN}/oauth/introspect"}, "htu"),
    ({"htu": f"https://evil.example{TOKEN}"}, "htu"),
    ({"htu": None}, "htu"),
    ({"jti": None}, "jti"),
    ({"iat": None}, "iat"),
    ({"iat": 0}, "too old"),
    ({"iat": 9999999999}, "future"),
    ({"exp": 1}, "too old"),
    ({"nbf": 9999999999}, "future"),
    ({"header": {"typ": None}}, "typ"),
    ({"header": {"typ": "JWT"}}, "typ"),
    ({"header": {"jwk": None}}, "jwk"),
    ({"header": {"alg": "none"}}, "alg"),
    ({"header": {"alg": "HS256"}}, "alg"),
    ({"header": {"alg": "ES512"}}, "alg"),
    ({"header": {"jwk": {"kty": "oct", "k": "AAAA"}}}, "private"),
]


@pytest.mark.parametrize(("bent", "word"), BENT)
def test_attack_14_a_bent_proof_at_the_token_endpoint(app: KeyApp, bent: dict[str, Any], word: str) -> None:
    """threat 14: 400 `invalid_dpop_proof` with the reason, never a bearer token instead (RFC 9449 §5)."""
    told = check_refused(app.with_proof(OWN, app.holder.proof("POST", TOKEN, **bent)), "invalid_dpop_proof")
    assert word in told and "GH-OIDC-100" in told


@pytest.mark.parametrize(("bent", "word"), [*BENT, ({"ath": None}, "ath"), ({"ath": "AAAA"}, "ath")])
def test_attack_14_a_bent_proof_at_userinfo(app: KeyApp, token: str, bent: dict[str, Any], word: str) -> None:
    """threat 14: 401 `invalid_dpop_proof`."""
    assert word in check_challenged(app.userinfo(token, **bent), "invalid_dpop_proof")


def test_attack_14_the_private_key_in_the_proof(app: KeyApp) -> None:
    """threat 14: a key that travels is nobody's; nothing of it is repeated in the answer."""
    private = dict(app.holder.key.as_dict(private=True))
    answer = app.with_proof(OWN, app.holder.proof("POST", TOKEN, header={"jwk": private}))
    assert "private" in check_refused(answer, "invalid_dpop_proof") and str(private["d"]) not in answer.text


def test_attack_14_a_signature_of_another_key(app: KeyApp) -> None:
    """threat 14: who copies a public key does not hold it."""
    thief = Holder(app.suite.clock)
    proof = thief.proof("POST", TOKEN, header={"jwk": app.holder.public})
    assert "signature" in check_refused(app.with_proof(OWN, proof), "invalid_dpop_proof")


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "~", "eyJhbGciOiJub25lIn0.e30.", "a" * 7000])
def test_attack_14_no_proof_at_all_in_the_header(app: KeyApp, text: str) -> None:
    """An empty or broken header is a bad proof, not a missing one: nobody falls back to a bearer token by accident."""
    body = {"data": OWN, "auth": app.auth, "headers": {"DPoP": text.encode()}}
    check_refused(app.suite.http.post(TOKEN, **body), "invalid_dpop_proof")  # type: ignore[arg-type]


def test_attack_14_two_proofs(app: KeyApp) -> None:
    """RFC 9449 §4.3, first check: one header DPoP. A server hands on two as one, with a comma between."""
    both = [("DPoP", app.holder.proof("POST", TOKEN)), ("DPoP", app.holder.proof("POST", TOKEN))]
    answer = app.suite.app.test_client().post(TOKEN, data=OWN, auth=app.auth, headers=both)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_dpop_proof")


def test_attack_14_a_proof_again_at_the_token_endpoint(app: KeyApp) -> None:
    """threat 14: `jti` counts once."""
    proof = app.holder.proof("POST", TOKEN)
    assert app.with_proof(OWN, proof).status_code == 200
    assert "used before" in check_refused(app.with_proof(OWN, proof), "invalid_dpop_proof")


def test_attack_14_a_proof_twenty_times_at_once(app: KeyApp) -> None:
    """threat 14: of twenty rivals with one proof one is answered."""
    proof = app.holder.proof("POST", TOKEN)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: app.with_proof(OWN, proof).status_code, range(20)))
    assert sorted(answers) == [200] + [400] * 19


def test_attack_14_a_proof_again_at_userinfo(app: KeyApp, token: str) -> None:
    """threat 14: who reads the wire is too late."""
    headers = app.holder.headers("GET", USERINFO, token)
    assert at_userinfo(app, headers).status_code == 200
    assert "used before" in check_challenged(at_userinfo(app, headers), "invalid_dpop_proof")


def test_attack_14_a_proof_of_the_token_endpoint_at_userinfo(app: KeyApp, token: str) -> None:
    """threat 14: each proof is for one address."""
    headers = {"Authorization": f"DPoP {token}", "DPoP": app.holder.proof("POST", TOKEN, token)}
    check_challenged(at_userinfo(app, headers), "invalid_dpop_proof")


def test_attack_14_userinfo_without_a_proof(app: KeyApp, token: str) -> None:
    """threat 14: scheme DPoP and nothing that proves it."""
    assert "no proof" in check_challenged(at_userinfo(app, {"Authorization": f"DPoP {token}"}), "invalid_dpop_proof")


def test_attack_14_the_downgrade_at_userinfo(app: KeyApp, token: str) -> None:
    """threat 14: a bound token as Bearer is refused, in the header and in a form, with a proof beside it or without."""
    bearer = {"Authorization": f"Bearer {token}"}
    assert "GH-OIDC-104" in check_challenged(at_userinfo(app, bearer), "invalid_token")
    check_challenged(at_userinfo(app, bearer | {"DPoP": app.holder.proof("GET", USERINFO, token)}), "invalid_token")
    check_challenged(app.suite.http.post(USERINFO, data={"access_token": token}), "invalid_token")


def test_attack_14_userinfo_with_another_key(app: KeyApp, token: str) -> None:
    """E6: the token is useless with another key."""
    thief = Holder(app.suite.clock)
    check_challenged(at_userinfo(app, thief.headers("GET", USERINFO, token)), "invalid_token")


def test_a_bearer_token_under_the_name_of_a_bound_one(app: KeyApp, browser: Browser) -> None:
    """RFC 9449 §7.1: the scheme promises a binding; where there is none, it is not pretended."""
    code, verifier = app.code(browser)
    token = app.with_proof(app.code_form(code, verifier), None).json()["access_token"]
    check_challenged(app.userinfo(token), "invalid_token")


def test_a_dead_token_is_told_in_the_scheme_it_came_in(app: KeyApp, token: str, browser: Browser) -> None:
    """Signed out (G4): the proof is as good as before, what it is for is not."""
    app.suite.end_session(browser.sid)
    check_challenged(app.userinfo(token), "invalid_token")


def test_attack_42_proofs_wait_while_the_memory_is_away(
    app: KeyApp, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threat 42: the store of proofs fails closed, with 503; who asks without a key is served."""

    def away(*_: object) -> bool:
        raise CacheAway("gone")

    monkeypatch.setattr(app.suite.context.cache, "add", away)
    assert app.with_proof(OWN, app.holder.proof("POST", TOKEN)).status_code == 503
    assert app.userinfo(token).status_code == 503
    assert app.with_proof(OWN, None).status_code == 200


def test_attack_14_the_proof_comes_after_the_client(suite: Suite, app: KeyApp) -> None:
    """A stranger fills no memory: without the secret no proof is looked at."""
    stranger = KeyApp(suite, holder=app.holder, secret="wrong")
    proof = app.holder.proof("POST", TOKEN)
    answer = stranger.with_proof(OWN, proof)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert app.with_proof(OWN, proof).status_code == 200


def test_attack_14_a_nonce_cannot_be_made_by_others(suite: Suite, app: KeyApp) -> None:
    """E6: nor one that was good; and a proof with an old one is told so before its name is spent."""
    register(suite, vault(), KEPT_SECRET)
    safe = KeyApp(suite, VAULT, holder=app.holder)
    safe.with_proof(OWN, None)
    good = str(safe.nonce)
    for nonce in ("guess", good[:-1], good + "A", "", 7, None):
        check_refused(safe.with_proof(OWN, safe.holder.proof("POST", TOKEN, nonce=nonce)), "use_dpop_nonce")
    proof = safe.holder.proof("POST", TOKEN, nonce=good)
    assert safe.with_proof(OWN, proof).status_code == 200
    check_refused(safe.with_proof(OWN, proof), "invalid_dpop_proof")


def test_attack_14_a_proof_made_in_advance(suite: Suite, app: KeyApp) -> None:
    """RFC 9449 §11.2: proofs that a thief made beforehand, for later, lack the nonce of later."""
    register(suite, portal(id=VAULT, name="Vault", dpop_bound=True), KEPT_SECRET)
    safe = KeyApp(suite, VAULT, holder=app.holder)
    safe.with_proof(OWN, None)
    later = int((suite.clock.now() + timedelta(minutes=10)).timestamp())
    stolen = safe.holder.proof("POST", TOKEN, nonce=safe.nonce, iat=later)
    suite.clock.advance(timedelta(minutes=10))
    check_refused(safe.with_proof(OWN, stolen), "use_dpop_nonce")


@pytest.mark.parametrize(("off", "status"), [(PAST, 400), (-timedelta(seconds=10), 200), (AHEAD, 400)])
def test_clocks_may_differ_a_little(app: KeyApp, off: timedelta, status: int) -> None:
    """FAPI 2.0 ensure-dpopproof-with-iat-10seconds-before-succeeds, and no more than a minute either way."""
    iat = int((app.suite.clock.now() + off).timestamp())
    assert app.with_proof(OWN, app.holder.proof("POST", TOKEN, iat=iat)).status_code == status


def test_ten_seconds_ahead_are_let_through(app: KeyApp) -> None:
    """FAPI 2.0 §5.3.2.1, ensure-dpopproof-with-iat-10seconds-after-succeeds and check-dpop-proof-nbf-exp."""
    now = int(app.suite.clock.now().timestamp())
    proof = app.holder.proof("POST", TOKEN, iat=now + 10, nbf=now, exp=now + 300)
    assert app.with_proof(OWN, proof).status_code == 200
