"""The plan `oidcc-config-certification-test-plan`: what the metadata must say."""

import re
from urllib.parse import urlsplit

import pytest

from tests.conformance.harness import id_tokens
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.wire import HTTP

pytestmark = pytest.mark.conformance

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §3.3
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")  # RFC 5646 §2.1.1


def test_oidcc_discovery_endpoint_verification(subject: Subject) -> None:
    """The document is JSON, names its issuer, and offers what OIDC Discovery 1.0 §3 requires (RFC 8414 §2, E1)."""
    answer = HTTP.get(f"{subject.issuer}/.well-known/openid-configuration")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    told = answer.json()
    assert told["issuer"] == subject.issuer
    assert not urlsplit(told["issuer"]).query
    assert "code" in told["response_types_supported"]
    assert "public" in told["subject_types_supported"]
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "openid" in told["scopes_supported"]
    assert told["claims_supported"]
    assert "authorization_code" in told.get("grant_types_supported", ["authorization_code"])
    assert isinstance(told.get("code_challenge_methods_supported", []), list)
    assert all(_SCOPE.fullmatch(scope) for scope in told["scopes_supported"])
    assert all(_LANGUAGE.fullmatch(tag) for tag in told.get("ui_locales_supported", []))
    _endpoints_are_reached_safely(subject, told)
    _only_public_keys(subject)


def _endpoints_are_reached_safely(subject: Subject, told: dict[str, object]) -> None:
    """Every address is https, or as safe as the issuer where that is a loopback address without a network."""
    addresses = [str(value) for name, value in told.items() if name.endswith("_endpoint") or name == "jwks_uri"]
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(told)
    assert [one for one in addresses if not one.startswith(("https://", subject.issuer))] == []


def _only_public_keys(subject: Subject) -> None:
    """Each key has an id of its own and no private or symmetric member (RFC 7517 §4.5, RFC 7518 §6.3.2, ASVS 9.1.3)."""
    published = [key.as_dict() for key in id_tokens.keys(subject)]
    assert len({key["kid"] for key in published}) == len(published) > 0
    assert [key for key in published if key["kty"] == "oct" or {"d", "p", "q", "k"} & set(key)] == []
