"""The plan `fapi2-security-profile-final-test-plan`: tokens bound to a key, and codes bound to it before (RFC 9449)."""

from typing import Any

import pytest
from joserfc.jwk import RSAKey

from tests.conformance.harness import answers, proofs
from tests.conformance.harness.exchange import Completed
from tests.conformance.harness.fapi import USERINFO, FapiExchange

pytestmark = pytest.mark.conformance

HOUR = 3600
UNPROVED = ("invalid_request", "invalid_grant", "invalid_dpop_proof")


def test_fapi2_security_profile_final_check_dpop_proof_nbf_exp(fapi: FapiExchange) -> None:
    """A proof may also say from when to when it is good (RFC 9449 §4.2)."""
    sent, code = fapi.code()
    good: dict[str, Any] = {"nbf": fapi.second, "exp": fapi.second + 300}
    done = fapi.tokens(sent, code, proof=good)
    answers.userinfo(fapi.userinfo(done.tokens["access_token"], **good), done.claims["sub"])


def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_before_succeeds(fapi: FapiExchange) -> None:
    """A proof made ten seconds ago is good (§5.3.2.1-13)."""
    _made(fapi, -10)


def test_fapi2_security_profile_final_ensure_dpopproof_with_iat_10seconds_after_succeeds(fapi: FapiExchange) -> None:
    """So is one of a clock that is ten seconds fast (§5.3.2.1-13)."""
    _made(fapi, 10)


def test_fapi2_security_profile_final_ensure_mismatched_dpop_jkt_fails(fapi: FapiExchange) -> None:
    """A pushed request that names one key and is proved with another is refused (RFC 9449 §10.1)."""
    sent = fapi.request(dpop_jkt=proofs.new_key().thumbprint())
    answers.token_refusal(fapi.push(sent, key=fapi.key), "invalid_request", "invalid_dpop_proof")


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(
    fapi: FapiExchange,
) -> None:
    """A code whose request was proved with one key cannot be redeemed with another (RFC 9449 §10.1)."""
    code = _code_bound_by_proof(fapi)
    answers.token_refusal(fapi.redeem(code, key=proofs.new_key()), *UNPROVED)


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(fapi: FapiExchange) -> None:
    """Nor one whose request named a key by `dpop_jkt` (RFC 9449 §10)."""
    _, code = fapi.code(dpop_jkt=proofs.new_key().thumbprint())
    answers.token_refusal(fapi.redeem(code), *UNPROVED)


def test_fapi2_security_profile_final_ensure_dpopproof_at_par_endpoint_binding_success(fapi: FapiExchange) -> None:
    """A proof beside the pushed request binds the code to that key, with which it works (RFC 9449 §10.1)."""
    answers.tokens(fapi.redeem(_code_bound_by_proof(fapi)), "dpop")


def test_fapi2_security_profile_final_ensure_dpop_auth_code_binding_success(fapi: FapiExchange) -> None:
    """So does `dpop_jkt` (RFC 9449 §10)."""
    fapi.finished(dpop_jkt=fapi.key.thumbprint())


def test_fapi2_security_profile_final_dpop_negative_tests(fapi: FapiExchange) -> None:
    """Each check of RFC 9449 §4.3 and §7 at a resource: one wrong thing at a time, then what does no harm (E6)."""
    done = fapi.finished()
    for words, bent in _wrong(fapi).items():
        assert fapi.userinfo(done.tokens["access_token"], **bent).status_code in {400, 401}, words
    for words, bent in _harmless(fapi).items():
        assert fapi.userinfo(done.tokens["access_token"], **bent).status_code == 200, words
    _age_counts(fapi, done)
    _proof_is_used_once(fapi, done)
    _as_bearer(fapi, done)
    answers.userinfo(fapi.userinfo(done.tokens["access_token"]), done.claims["sub"])
    _nonce_is_the_issuers(fapi)
    _rs256_is_none(fapi)


def _made(fapi: FapiExchange, seconds: int) -> None:
    sent, code = fapi.code()
    done = fapi.tokens(sent, code, proof={"iat": fapi.second + seconds})
    answer = fapi.userinfo(done.tokens["access_token"], iat=fapi.second + seconds)
    answers.userinfo(answer, done.claims["sub"])


def _code_bound_by_proof(fapi: FapiExchange) -> str:
    sent = fapi.request()
    arrival, _ = fapi.answered(fapi.pushed(sent, key=fapi.key))
    return answers.authorized(fapi.subject, arrival, sent["state"])


def _wrong(fapi: FapiExchange) -> dict[str, dict[str, Any]]:
    """RFC 9449 §4.3, in its order."""
    other = proofs.new_key()
    address = fapi.subject.discovery[USERINFO]
    return {
        "1: two proofs": {"write": lambda text: [("DPoP", text), ("DPoP", text)]},
        "2: no JWT": {"write": lambda text: [("DPoP", text.replace(".", ""))]},
        "2: no proof": {"write": _nothing},
        "3: no jti": {"jti": None},
        "3: no htm": {"htm": None},
        "3: no htu": {"htu": None},
        "3: no iat": {"iat": None},
        "3: no ath": {"ath": None},
        "4: no typ": {"header": {"typ": None}},
        "4: another typ": {"header": {"typ": "JWT"}},
        "5: no alg": {"header": {"alg": None}},
        "5: alg none": {"header": {"alg": "none"}},
        "6: no jwk": {"header": {"jwk": None}},
        "6: signed by another key": {"signer": other},
        "6: a broken signature": {"write": _broken},
        "7: a private key": {"header": {"jwk": fapi.key.as_dict(private=True)}},
        "8: another method": {"htm": "PUT"},
        "9: another address": {"htu": f"{address}/elsewhere"},
        "9: another host": {"htu": "https://somebody.example/userinfo"},
        "12: the hash of another token": {"ath": proofs.hash_of("another")},
        "12: a key the token is not bound to": {"key": other},
    }


def _harmless(fapi: FapiExchange) -> dict[str, dict[str, Any]]:
    """§4.3-9: query and fragment of `htu` are ignored; RFC 7515 §4, RFC 7519 §4: so are members that nobody knows."""
    address = fapi.subject.discovery[USERINFO]
    return {
        "a query and a fragment in htu": {"htu": f"{address}?query=foo#fragment"},
        "more claims": {"header": {"extra": "one"}, "extra": "two"},
        "scheme and host in capitals": {"htu": address.replace("http://localhost", "HTTP://LOCALHOST")},
        "the header in capitals": {"write": lambda text: [("DPOP", text)]},
    }


def _age_counts(fapi: FapiExchange, done: Completed) -> None:
    """§4.3-11: a proof is young, unless a nonce of the server's own says when it was made."""
    for seconds in (-HOUR, HOUR):
        answer = fapi.userinfo(done.tokens["access_token"], iat=fapi.second + seconds)
        assert answer.status_code in {400, 401} or fapi.was_given_nonce(USERINFO), seconds


def _proof_is_used_once(fapi: FapiExchange, done: Completed) -> None:
    """§11.1, ASVS 10.3.5."""
    same: dict[str, Any] = {"jti": "the-same-proof-twice-" + str(fapi.second)}
    assert fapi.userinfo(done.tokens["access_token"], **same).status_code == 200
    assert fapi.userinfo(done.tokens["access_token"], **same).status_code in {400, 401}


def _nonce_is_the_issuers(fapi: FapiExchange) -> None:
    """§4.3-10, §8: whoever is asked for the issuer's nonce cannot bring another one."""
    _, code = fapi.code()
    answer = fapi.redeem(code, proof={"nonce": "another"})
    answers.token_refusal(answer, "use_dpop_nonce", "invalid_dpop_proof")


def _rs256_is_none(fapi: FapiExchange) -> None:
    """§4.3-5 with FAPI 2.0 §5.4.1: an RSA key proves itself with PS256, and with RS256 at neither endpoint."""
    fapi.key = RSAKey.generate_key(2048)
    token = fapi.finished().tokens["access_token"]
    old: dict[str, Any] = {"header": {"alg": "RS256"}}
    assert fapi.userinfo(token, **old).status_code in {400, 401}
    _, code = fapi.code()
    answers.token_refusal(fapi.redeem(code, proof=old), *UNPROVED)


def _as_bearer(fapi: FapiExchange, done: Completed) -> None:
    """§7.2: a bound token is no bearer token, with a proof beside it or without (threat 14)."""
    for options in ({}, {"write": _nothing}):
        answer = fapi.userinfo(done.tokens["access_token"], scheme="Bearer", **options)
        assert answer.status_code in {400, 401}


def _nothing(_text: str) -> list[tuple[str, str]]:
    return []


def _broken(text: str) -> list[tuple[str, str]]:
    flipped = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
    return [("DPoP", flipped)]
