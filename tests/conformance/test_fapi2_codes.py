"""The plan `fapi2-security-profile-final-test-plan`: what may not be done with a code at the token endpoint."""

import secrets

import pytest
from joserfc.jwk import RSAKey

from tests.conformance.harness import answers
from tests.conformance.harness.fapi import TOKEN, FapiExchange
from tests.conformance.harness.issuers.roles import FAPI_SECOND
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Listener

pytestmark = pytest.mark.conformance

WITHOUT_KEY = ("invalid_request", "invalid_grant", "invalid_dpop_proof")


def test_fapi2_security_profile_final_ensure_client_id_in_token_endpoint(
    fapi: FapiExchange, subject: Subject, app: Listener
) -> None:
    """Another client's name, signed with one's own key, is nobody, here and at PAR (RFC 6749 §5.2)."""
    _, code = fapi.code()
    other = FapiExchange(subject, app, FAPI_SECOND)
    forged = {"signer": fapi.client.key, "header": {"alg": fapi.client.assertion_alg}}
    answer = other.redeem(code, fapi.verifier, assertion=forged)
    answers.token_refusal(answer, "invalid_client", "invalid_grant", status=(400, 401))
    forged = {"signer": RSAKey.generate_key(2048)}
    answers.token_refusal(other.push(other.request(), assertion=forged), "invalid_client", status=(400, 401))


def test_fapi2_security_profile_final_ensure_holder_of_key_required(fapi: FapiExchange) -> None:
    """A code without a proof of a key gives no token (§5.3.2.1-4, ASVS 10.4.14)."""
    _, code = fapi.code()
    answers.token_refusal(fapi.redeem(code, key=None), *WITHOUT_KEY)


def test_fapi2_security_profile_final_ensure_authorization_code_is_bound_to_client(
    fapi: FapiExchange, subject: Subject, app: Listener
) -> None:
    """A code is its client's own, whoever else is well proved (RFC 6749 §4.1.3)."""
    sent, code = fapi.code()
    other = FapiExchange(subject, app, FAPI_SECOND)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": sent["redirect_uri"]}
    answer = other.call(TOKEN, {**form, "code_verifier": fapi.verifier}, key=other.key)
    answers.token_refusal(answer, "invalid_grant")


def test_fapi2_security_profile_final_attempt_reuse_authorization_code_after_one_second(fapi: FapiExchange) -> None:
    """A code works once, and what it gave is taken back (§5.3.2.2-8, RFC 6749 §4.1.2, ASVS 10.4.2)."""
    sent, code = fapi.code()
    done = fapi.tokens(sent, code)
    fapi.subject.wait(1)
    answers.token_refusal(fapi.redeem(code), "invalid_grant")
    answers.resource_refusal(fapi.userinfo(done.tokens["access_token"]), "DPoP")


def test_fapi2_security_profile_final_ensure_token_endpoint_fails_with_expired_auth_code(fapi: FapiExchange) -> None:
    """A code is good for 60 seconds at most (§5.3.2.1-11, ASVS 10.4.3)."""
    _, code = fapi.code()
    fapi.subject.wait(62)
    answers.token_refusal(fapi.redeem(code), "invalid_grant")


def test_fapi2_security_profile_final_ensure_pkce_code_verifier_required(fapi: FapiExchange) -> None:
    """A code without its verifier gives nothing (RFC 7636 §4.6)."""
    sent, code = fapi.code()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": sent["redirect_uri"]}
    answers.token_refusal(fapi.call(TOKEN, form, key=fapi.key), "invalid_grant", "invalid_request")


def test_fapi2_security_profile_final_incorrect_pkce_code_verifier_rejected(fapi: FapiExchange) -> None:
    """Nor does one with another verifier (RFC 7636 §4.6)."""
    _, code = fapi.code()
    answers.token_refusal(fapi.redeem(code, secrets.token_urlsafe(48)), "invalid_grant")
