"""The plan `fapi2-security-profile-final-test-plan`: metadata, good sign-ins, the claims parameter (E24)."""

import json
import secrets

import pytest

from tests.conformance.harness import answers, id_tokens
from tests.conformance.harness.fapi import FapiExchange
from tests.conformance.harness.issuers.roles import FAPI_SECOND
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Listener

pytestmark = pytest.mark.conformance

ALLOWED = {"PS256", "ES256", "EdDSA", "Ed25519"}  # FAPI 2.0 Security Profile §5.4.1
STANDARD = ("name", "given_name", "family_name", "preferred_username", "email", "phone_number", "locale")


def test_fapi2_security_profile_final_discovery_end_point_verification(subject: Subject) -> None:
    """What the profile needs is offered: PAR, `private_key_jwt`, DPoP, S256, `iss` (§5.3.2.1-1, §5.3.2.2, §5.4)."""
    told = subject.discovery
    assert told["issuer"] == subject.issuer
    assert told["pushed_authorization_request_endpoint"].startswith(("https://", subject.issuer))
    assert "private_key_jwt" in told["token_endpoint_auth_methods_supported"]
    assert "S256" in told["code_challenge_methods_supported"]
    assert told["authorization_response_iss_parameter_supported"] is True
    for name in ("token_endpoint_auth", "dpop", "id_token"):
        offered = {*told.get(f"{name}_signing_alg_values_supported", [])}
        assert offered & ALLOWED, name
        assert "none" not in offered


def test_fapi2_security_profile_final_happy_flow(subject: Subject, app: Listener) -> None:
    """Two clients, from a pushed request to userinfo; neither can use the other's token (§5.3.2, ASVS 10.3.5, E24)."""
    first, second = FapiExchange(subject, app), FapiExchange(subject, app, FAPI_SECOND)
    first.finished()
    token = second.finished().tokens["access_token"]
    answers.resource_refusal(first.userinfo(token), "DPoP", "invalid_token", "invalid_dpop_proof")


def test_fapi2_security_profile_final_user_rejects_authentication(fapi: FapiExchange) -> None:
    """Somebody who says no sends the app `access_denied`, with state and `iss` (RFC 6749 §4.1.2.1, ASVS 10.7.1)."""
    fapi.subject.wait(2)  # what was allowed a moment ago, for another module, is asked again
    sent = fapi.request(prompt="consent")
    fapi.open(fapi.pushed(sent))
    assert fapi.subject.step(fapi.browser) == "sign-in"
    fapi.subject.decline(fapi.browser)
    answers.refused(fapi.subject, fapi.arrivals()[-1], sent["state"], "access_denied")


def test_fapi2_security_profile_final_ensure_authorization_request_without_state_success(fapi: FapiExchange) -> None:
    """`state` is not needed beside PKCE, and none comes back (§5.3.2.2)."""
    fapi.finished(state=None)


def test_fapi2_security_profile_final_ensure_authorization_request_without_nonce_success(fapi: FapiExchange) -> None:
    """Nor is `nonce`, and none is in the ID token (OIDC Core §3.1.2.1)."""
    assert "nonce" not in fapi.finished(nonce=None).claims


def test_fapi2_security_profile_final_ensure_authorization_request_with_64_char_nonce_success(
    fapi: FapiExchange,
) -> None:
    """Nonces of 64 characters are taken (§5.3.2.2-13)."""
    fapi.finished(nonce=secrets.token_hex(32))


def test_fapi2_security_profile_final_ensure_other_scope_order_succeeds(fapi: FapiExchange) -> None:
    """The order of scopes does not matter (RFC 6749 §3.3)."""
    fapi.finished(scope="email openid")


def test_fapi2_security_profile_final_test_claims_parameter_identity_claims(fapi: FapiExchange) -> None:
    """Every standard claim that is offered can be asked for by name; unknown ones are ignored (OIDC Core §5.5)."""
    told = fapi.subject.discovery
    assert told["claims_parameter_supported"] is True
    offered = [name for name in STANDARD if name in told["claims_supported"]]
    wanted: dict[str, object] = dict.fromkeys(offered) | {secrets.token_hex(6): {"essential": True}}
    done = fapi.tokens(*fapi.code(claims=json.dumps({"id_token": wanted, "userinfo": wanted})))
    assert set(offered) <= {*done.claims, *fapi.person(done)}


def test_fapi2_security_profile_final_access_token_type_header_case_sensitivity(fapi: FapiExchange) -> None:
    """The scheme of the Authorization header is read in any case (RFC 9110 §11.1)."""
    done = fapi.finished()
    answers.userinfo(fapi.userinfo(done.tokens["access_token"], scheme="dPOp"), done.claims["sub"])


def test_fapi2_security_profile_final_ensure_different_nonce_inside_and_outside_request_object(
    fapi: FapiExchange,
) -> None:
    """What was pushed counts: a `nonce` beside the `request_uri` does not reach the ID token (RFC 9126 §4)."""
    sent = fapi.request()
    arrival, _ = fapi.answered({**fapi.pushed(sent), "nonce": "another"})
    fapi.tokens(sent, answers.authorized(fapi.subject, arrival, sent["state"]))


def test_fapi2_security_profile_final_ensure_different_state_inside_and_outside_request_object(
    fapi: FapiExchange,
) -> None:
    """Nor does a `state` beside the `request_uri` come back."""
    sent = fapi.request()
    arrival, _ = fapi.answered({**fapi.pushed(sent), "state": "another"})
    fapi.tokens(sent, answers.authorized(fapi.subject, arrival, sent["state"]))


def test_fapi2_security_profile_final_state_only_outside_request_object_not_used(fapi: FapiExchange) -> None:
    """A `state` that was not pushed is not used at all."""
    sent = fapi.request(state=None)
    arrival, _ = fapi.answered({**fapi.pushed(sent), "state": "unpushed"})
    answers.authorized(fapi.subject, arrival, None)


def test_fapi2_security_profile_final_ensure_authorization_request_with_long_nonce(fapi: FapiExchange) -> None:
    """A nonce of 384 characters comes back whole, or is refused: never cut (OIDC Core §3.1.2.1)."""
    sent = fapi.request(nonce=secrets.token_hex(192))
    answer = fapi.push(sent)
    if answer.status_code == 201:
        fapi.finished(nonce=sent["nonce"])
    else:
        answers.token_refusal(answer, "invalid_request")


def test_fapi2_security_profile_final_ensure_authorization_request_with_long_state(fapi: FapiExchange) -> None:
    """A state of 1000 characters comes back whole, or is refused."""
    sent = fapi.request(state=secrets.token_hex(500))
    answer = fapi.push(sent)
    if answer.status_code == 201:
        fapi.finished(state=sent["state"])
    else:
        answers.token_refusal(answer, "invalid_request")


def test_fapi2_security_profile_final_refresh_token(fapi: FapiExchange, subject: Subject, app: Listener) -> None:
    """Refreshing needs assertion and proof, works with another key, rotates nothing, and is for its client only.

    §5.3.2.1-9: no rotation, or the former token still works. RFC 9449 §5: bound to the client, which is confidential.
    """
    first = fapi.tokens(*fapi.code(**_offline(subject)))
    token = first.tokens["refresh_token"]
    subject.wait(1)
    told = answers.tokens(fapi.refresh(token), "dpop")
    assert told["access_token"] != first.tokens["access_token"]
    answers.userinfo(fapi.userinfo(told["access_token"]), first.claims["sub"])
    if "id_token" in told:
        id_tokens.refreshed(subject, fapi.client, told, first.claims)
    answers.tokens(fapi.refresh(token), "dpop")
    unproved = fapi.refresh(token, key=None)
    answers.token_refusal(unproved, "invalid_request", "invalid_grant", "invalid_client", "invalid_dpop_proof")
    other = FapiExchange(subject, app, FAPI_SECOND)
    theirs = other.tokens(*other.code(**_offline(subject))).tokens["refresh_token"]
    answers.token_refusal(fapi.refresh(theirs), "invalid_grant")


def _offline(subject: Subject) -> dict[str, str | None]:
    """OIDC Core §11: where `offline_access` is offered it is asked for, with consent."""
    offered = "offline_access" in subject.discovery["scopes_supported"]
    return {"scope": "openid offline_access", "prompt": "consent"} if offered else {}
