"""The plan `oidcc-backchannel-rp-initiated-logout-certification-test-plan` (OpenID Connect Back-Channel Logout 1.0)."""

from typing import Any

import pytest
from joserfc import jwt

from tests.conformance.harness import id_tokens
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.leaving import Guest, arrive
from tests.conformance.harness.listener import Arrival, Listener

pytestmark = pytest.mark.conformance

_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def test_oidcc_backchannel_logout_discovery_endpoint_verification(subject: Subject) -> None:
    """The metadata say that apps are told, and told which session (Back-Channel Logout §2.1)."""
    assert subject.discovery["backchannel_logout_supported"] is True
    assert subject.discovery["backchannel_logout_session_supported"] is True
    assert subject.discovery["end_session_endpoint"].startswith(("https://", subject.issuer))


def test_oidcc_backchannel_rp_initiated_logout(subject: Subject, app: Listener) -> None:
    """The app is told once, by a token that fits its ID token; then the browser comes (E21, threat 19, ASVS 10.5.5)."""
    guest = arrive(subject, app)
    before = len(app.at(guest.exchange.client.signed_out))
    sent = guest.request()
    (landed,) = guest.leave(sent)
    assert landed.answer == {"state": sent["state"]}
    (told,) = app.at(guest.exchange.client.signed_out)[before:]
    _fits(guest, _logout_token(guest, told))
    guest.is_gone()


def _logout_token(guest: Guest, told: Arrival) -> dict[str, Any]:
    """One parameter in a form, signed as the client's ID tokens are (§2.4, §2.5; typ: RFC 8725 §3.11)."""
    assert told.method == "POST"
    assert told.headers["content-type"].split(";")[0] == "application/x-www-form-urlencoded"
    assert not told.query
    ((name, text),) = told.form
    assert name == "logout_token"
    header = id_tokens.header_of(text)
    assert header["typ"] == "logout+jwt"
    assert header["alg"] == guest.exchange.client.signing_alg
    return dict(jwt.decode(text, id_tokens.keys(guest.exchange.subject), algorithms=[header["alg"]]).claims)


def _fits(guest: Guest, claims: dict[str, Any]) -> None:
    """Issuer, audience, times, event, person and session; never a nonce (§2.4, §2.6)."""
    now = guest.exchange.subject.now().timestamp()
    assert claims["iss"] == guest.exchange.subject.issuer
    assert claims["aud"] in (guest.exchange.client.client_id, [guest.exchange.client.client_id])
    assert now - 120 <= claims["iat"] <= now + 5
    assert now < claims["exp"] <= claims["iat"] + 120
    assert claims["jti"]
    assert claims["events"] == {_EVENT: {}}
    assert claims["sid"] == guest.done.claims["sid"]
    assert claims.get("sub", guest.done.claims["sub"]) == guest.done.claims["sub"]
    assert "nonce" not in claims
