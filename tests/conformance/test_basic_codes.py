"""The plan `oidcc-basic-certification-test-plan`, and `oidcc-formpost-basic-…`: codes, refresh tokens, proof keys."""

import secrets

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.conformance.harness import answers, id_tokens
from tests.conformance.harness.exchange import Exchange
from tests.conformance.harness.issuers.roles import SECOND
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Listener

pytestmark = pytest.mark.conformance


def test_oidcc_codereuse(exchange: Exchange) -> None:
    """A code works once: `invalid_grant` the second time (RFC 6749 §4.1.2, OIDC Core §3.1.3.4, ASVS 10.4.2)."""
    done = exchange.completed()
    answers.token_refusal(exchange.redeem(done.code), "invalid_grant")


def test_oidcc_codereuse_30seconds(exchange: Exchange) -> None:
    """So it is 30 seconds later, and what the first use gave is taken back (RFC 6749 §4.1.2)."""
    done = exchange.completed()
    exchange.subject.wait(31)
    answers.token_refusal(exchange.redeem(done.code), "invalid_grant")
    answers.resource_refusal(exchange.userinfo(done.tokens["access_token"]))


def test_oidcc_refresh_token(exchange: Exchange, subject: Subject, app: Listener) -> None:
    """Refreshing gives another access token for the same sign-in; another client cannot (RFC 6749 §6, §10.4).

    OIDC Core §12.2: a refreshed ID token speaks of the same person and sign-in. §11: `offline_access`, where it is
    offered, needs consent.
    """
    offline: dict[str, str | None] = {"scope": "openid offline_access", "prompt": "consent"}
    asked = offline if "offline_access" in subject.discovery["scopes_supported"] else {}
    first = exchange.completed(**asked)
    subject.wait(1)
    told = answers.tokens(exchange.refresh(first.tokens["refresh_token"], scope="openid"))
    assert told["access_token"] != first.tokens["access_token"]
    if "id_token" in told:
        id_tokens.refreshed(subject, exchange.client, told, first.claims)
    answers.userinfo(exchange.userinfo(told["access_token"]), first.claims["sub"])
    other = Exchange(subject, app, exchange.request().get("response_mode"), SECOND)
    theirs = other.completed(**asked).tokens["refresh_token"]
    answers.token_refusal(exchange.refresh(theirs), "invalid_grant")


def test_oidcc_ensure_request_with_valid_pkce_succeeds(exchange: Exchange) -> None:
    """A proof key with S256 is taken, and held to (RFC 7636 §4.6, ASVS 10.4.6, E3)."""
    verifier = secrets.token_urlsafe(48)
    asked = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    exchange.person(exchange.completed(verifier, **asked))
    _, code, _ = exchange.authorized(**asked)
    answers.token_refusal(exchange.redeem(code, secrets.token_urlsafe(48)), "invalid_grant")
