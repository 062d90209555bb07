"""The plan `fapi2-security-profile-final-test-plan`: how a client proves itself with `private_key_jwt`."""

from typing import Any

import pytest

from tests.conformance.harness import answers
from tests.conformance.harness.fapi import PAR, TOKEN, FapiExchange
from tests.conformance.harness.issuers.roles import FAPI_SECOND
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Listener

pytestmark = pytest.mark.conformance


def test_fapi2_security_profile_final_ensure_signed_client_assertion_with_RS256_fails(
    subject: Subject, app: Listener
) -> None:
    """RS256 is not among the algorithms of the profile, though the client's key could do it (§5.4.1, ASVS 9.1.2)."""
    _refused_at_token(FapiExchange(subject, app, FAPI_SECOND), header={"alg": "RS256"})


def test_fapi2_security_profile_final_ensure_client_assertion_in_token_endpoint(fapi: FapiExchange) -> None:
    """Without an assertion the client is nobody (§5.3.2.1-3, §5.3.2.1-6, ASVS 10.4.10)."""
    _, code = fapi.code()
    answer = fapi.redeem(code, assertion={"absent": True})
    answers.token_refusal(answer, "invalid_client", "invalid_request", status=(400, 401))


def test_fapi2_security_profile_final_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(
    fapi: FapiExchange,
) -> None:
    """An assertion that is over is none (RFC 7523 §3-4, ASVS 9.2.1)."""
    _refused_at_token(fapi, exp=fapi.second - 300)


def test_fapi2_security_profile_final_ensure_client_assertion_with_wrong_aud_fails(fapi: FapiExchange) -> None:
    """An assertion for somebody else is none (RFC 7523 §3-3, ASVS 9.2.3)."""
    _refused_at_token(fapi, aud="https://somebody.example/")


def test_fapi2_security_profile_final_ensure_client_assertion_with_no_sub_fails(fapi: FapiExchange) -> None:
    """An assertion about nobody is none (RFC 7523 §3-2)."""
    _refused_at_token(fapi, sub=None)


def test_fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(
    fapi: FapiExchange,
) -> None:
    """A clock that is eight seconds fast is forgiven (§5.3.2.1-13)."""
    ahead = fapi.second + 8
    fapi.pushed(fapi.request(), assertion={"iat": ahead, "nbf": ahead})


def test_fapi2_security_profile_final_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(
    fapi: FapiExchange,
) -> None:
    """One that is more than a minute fast is not (§5.3.2.1-13)."""
    ahead = fapi.second + 70
    _refused_at_par(fapi, iat=ahead, nbf=ahead, exp=ahead + 60)


def test_fapi2_security_profile_final_par_test_array_as_audience_fails(fapi: FapiExchange) -> None:
    """The audience is one string: a list with the issuer among others could be somebody else's (§5.3.2.1-8)."""
    told = fapi.subject.discovery
    _refused_at_par(fapi, aud=[told["issuer"], told[PAR], told[TOKEN]])


def test_fapi2_security_profile_final_par_test_par_endpoint_url_as_audience_fails(fapi: FapiExchange) -> None:
    """The audience is the issuer, not its PAR endpoint (§5.3.2.1-8)."""
    _refused_at_par(fapi, aud=fapi.subject.discovery[PAR])


def test_fapi2_security_profile_final_par_test_token_endpoint_url_as_audience_fails(fapi: FapiExchange) -> None:
    """Nor its token endpoint (§5.3.2.1-8)."""
    _refused_at_par(fapi, aud=fapi.subject.discovery[TOKEN])


def _refused_at_token(fapi: FapiExchange, **claims: Any) -> None:
    _, code = fapi.code()
    answers.token_refusal(fapi.redeem(code, assertion=claims), "invalid_client", status=(400, 401))


def _refused_at_par(fapi: FapiExchange, **claims: Any) -> None:
    answer = fapi.push(fapi.request(), assertion=claims)
    answers.token_refusal(answer, "invalid_client", "invalid_request", status=(400, 401))
