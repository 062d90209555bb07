"""The plan `fapi2-security-profile-final-test-plan`: requests must be pushed, and not every pushed one passes."""

import secrets

import pytest

from tests.conformance.harness import answers
from tests.conformance.harness.fapi import PAR, FapiExchange
from tests.conformance.harness.issuers.roles import FAPI_SECOND, SHARED
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Listener
from tests.conformance.harness.wire import HTTP

pytestmark = pytest.mark.conformance

UNFIT = ("invalid_request", "invalid_request_object")
SPENT = ("invalid_request_uri", "invalid_request")
OTHER_TYPE = ("unsupported_response_type", "unauthorized_client", "invalid_request")


def test_fapi2_security_profile_final_ensure_request_object_without_redirect_uri_fails(fapi: FapiExchange) -> None:
    """What is missing in the pushed request cannot be added in the browser (§5.3.2.2-6, RFC 9126 §4)."""
    answers.token_refusal(fapi.push(fapi.request(redirect_uri=None)), *UNFIT)


def test_fapi2_security_profile_final_ensure_redirect_uri_in_authorization_request(fapi: FapiExchange) -> None:
    """`redirect_uri` must be pushed, even by a client with only one (§5.3.2.2-6)."""
    fapi.refused_somewhere(fapi.request(redirect_uri=None), *UNFIT)
    assert fapi.arrivals() == []


def test_fapi2_security_profile_final_ensure_registered_redirect_uri(fapi: FapiExchange) -> None:
    """An address that is not registered is refused when it is pushed (RFC 9126 §2.3, ASVS 10.4.1)."""
    fapi.refused_somewhere(fapi.request(redirect_uri=_elsewhere(fapi)), *UNFIT)
    assert fapi.arrivals() == []


def test_fapi2_security_profile_final_plain_fapi_tolerate_unregistered_redirect_uri(fapi: FapiExchange) -> None:
    """RFC 9126 §2.4 lets a proved client name a new address; who does not says so, and never goes there."""
    elsewhere = _elsewhere(fapi)
    answer = fapi.push(fapi.request(redirect_uri=elsewhere))
    if answer.status_code != 201:
        answers.token_refusal(answer, *UNFIT)
    assert fapi.arrivals() == []


def test_fapi2_security_profile_final_ensure_unsigned_authorization_request_without_using_par_fails(
    fapi: FapiExchange,
) -> None:
    """A request in the address is refused (§5.3.2.2-2)."""
    sent = fapi.request()
    fapi.refused_in_browser(sent, sent["state"], *UNFIT)


def test_fapi2_security_profile_final_ensure_response_type_code_idtoken_fails(fapi: FapiExchange) -> None:
    """`code id_token` is refused (§5.3.2.2-1)."""
    fapi.refused_somewhere(fapi.request(response_type="code id_token"), *OTHER_TYPE)


def test_fapi2_security_profile_final_ensure_response_type_token_fails(fapi: FapiExchange) -> None:
    """`token` is refused (§5.3.2.2-1, RFC 9700 §2.1.2, ASVS 10.4.4)."""
    fapi.refused_somewhere(fapi.request(response_type="token"), *OTHER_TYPE)


def test_fapi2_security_profile_final_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(
    fapi: FapiExchange,
) -> None:
    """Whoever reloads the sign-in page gets it again: the request is spent when it is answered (§5.3.2.2 note 3)."""
    sent = fapi.request()
    asked = fapi.pushed(sent)
    fapi.open(asked)
    assert fapi.arrivals() == []
    arrival, pages = fapi.answered(asked)
    assert "sign-in" in pages
    fapi.tokens(sent, answers.authorized(fapi.subject, arrival, sent["state"]))


def test_fapi2_security_profile_final_par_attempt_reuse_request_uri(fapi: FapiExchange) -> None:
    """A pushed request that was answered is spent (RFC 9126 §7.3, threat 13)."""
    sent = fapi.request()
    asked = fapi.pushed(sent)
    fapi.answered(asked)
    fapi.refused_in_browser(asked, sent["state"], *SPENT)


def test_fapi2_security_profile_final_par_attempt_to_use_expired_request_uri(fapi: FapiExchange) -> None:
    """A pushed request that nobody used in time is gone (RFC 9126 §2.2, §4, threat 13)."""
    sent = fapi.request()
    told = fapi.push(sent).json()
    fapi.subject.wait(told["expires_in"] + 2)
    asked = {"client_id": fapi.client.client_id, "request_uri": told["request_uri"]}
    fapi.refused_in_browser(asked, sent["state"], *SPENT)


def test_fapi2_security_profile_final_par_attempt_to_use_request_uri_for_different_client(
    fapi: FapiExchange, subject: Subject, app: Listener
) -> None:
    """A pushed request is its client's own (RFC 9126 §2.2, §7.2, threat 13)."""
    asked = fapi.pushed(fapi.request(redirect_uri=SHARED))
    other = FapiExchange(subject, app, FAPI_SECOND)
    other.refused_in_browser({**asked, "client_id": other.client.client_id}, None, *SPENT)
    assert app.at(SHARED) == []
    forged = asked["request_uri"][:-8] + secrets.token_hex(4)
    fapi.refused_in_browser({**asked, "request_uri": forged}, None, *SPENT)


def test_fapi2_security_profile_final_par_authorization_request_containing_request_uri_form_param(
    fapi: FapiExchange,
) -> None:
    """A pushed request cannot point at another one (RFC 9126 §2.1)."""
    inner = fapi.pushed(fapi.request())["request_uri"]
    answers.token_refusal(fapi.push(fapi.request(request_uri=inner)), *UNFIT, "request_uri_not_supported")


def test_fapi2_security_profile_final_par_attempt_invalid_http_method(fapi: FapiExchange) -> None:
    """Only POST pushes (RFC 9126 §2.3)."""
    answer = HTTP.put(fapi.subject.discovery[PAR], data=fapi.request())
    assert answer.status_code in {404, 405}


def test_fapi2_security_profile_final_par_without_duplicate_parameters(fapi: FapiExchange) -> None:
    """`client_id` and `request_uri` are all that the browser needs to bring (RFC 9126 §4); more of it is ignored."""
    sent = fapi.request()
    asked = fapi.pushed(sent)
    assert set(asked) == {"client_id", "request_uri"}
    arrival, _ = fapi.answered(asked)
    fapi.tokens(sent, answers.authorized(fapi.subject, arrival, sent["state"]))
    again = fapi.request()
    arrival, _ = fapi.answered({**again, **fapi.pushed(again)})
    answers.authorized(fapi.subject, arrival, again["state"])


def test_fapi2_security_profile_final_par_ensure_pkce_required(fapi: FapiExchange) -> None:
    """A request without a proof key is refused (§5.3.2.2-5, ASVS 10.4.6, E3)."""
    fapi.refused_somewhere(fapi.request(code_challenge=None, code_challenge_method=None), "invalid_request")


def test_fapi2_security_profile_final_par_plain_pkce_rejected(fapi: FapiExchange) -> None:
    """So is one with the method `plain` (§5.3.2.2-5, ASVS 10.4.6)."""
    plain = fapi.request(code_challenge=fapi.verifier, code_challenge_method="plain")
    fapi.refused_somewhere(plain, "invalid_request")


def _elsewhere(fapi: FapiExchange) -> str:
    return f"{fapi.client.redirect_uri}/{secrets.token_hex(4)}"
