"""The plan `oidcc-rp-initiated-logout-certification-test-plan` (OpenID Connect RP-Initiated Logout 1.0)."""

import json
import secrets

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.conformance.harness import id_tokens
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.leaving import Guest, arrive
from tests.conformance.harness.listener import Listener

pytestmark = pytest.mark.conformance


@pytest.fixture
def guest(subject: Subject, app: Listener) -> Guest:
    """Somebody who has just signed in to the app."""
    return arrive(subject, app)


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(subject: Subject) -> None:
    """The metadata name the end-session endpoint, as safe as the issuer (RP-Initiated Logout §2.1)."""
    assert subject.discovery["end_session_endpoint"].startswith(("https://", subject.issuer))


def test_oidcc_rp_initiated_logout(guest: Guest) -> None:
    """With hint, registered address and state the session ends; the state comes back, alone and whole (§2, §3, E20)."""
    sent = guest.request()
    (landed,) = guest.leave(sent)
    assert (landed.method, landed.answer) == ("GET", {"state": sent["state"]})
    guest.is_gone()


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(guest: Guest) -> None:
    """An address that is not registered is never gone to (§3, threat 18)."""
    guest.stays_here(guest.request(post_logout_redirect_uri=f"{guest.exchange.client.landing}/{secrets.token_hex(4)}"))


def test_oidcc_rp_initiated_logout_modified_id_token_hint(guest: Guest) -> None:
    """A hint whose signature was taken off, `alg: none`, leads nowhere (§2, threat 17, ASVS 9.1.2)."""
    body = guest.done.tokens["id_token"].split(".")[1]
    bare = f"{id_tokens.encoded(json.dumps({'alg': 'none'}).encode())}.{body}."
    guest.stays_here(guest.request(id_token_hint=bare))


def test_oidcc_rp_initiated_logout_no_id_token_hint(guest: Guest) -> None:
    """Without a hint nobody knows whose address that is: an error or a question, and no way back (§3, ASVS 10.6.2)."""
    guest.stays_here(guest.request(id_token_hint=None))


def test_oidcc_rp_initiated_logout_no_params(guest: Guest) -> None:
    """Without any parameter the person is asked, and signed out on a page of the issuer (§2)."""
    _ends_here(guest, {})


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(guest: Guest) -> None:
    """With the hint alone the session ends on a page of the issuer (§2)."""
    _ends_here(guest, guest.request(post_logout_redirect_uri=None))


def test_oidcc_rp_initiated_logout_no_state(guest: Guest) -> None:
    """Without a state none comes back (§2, §3)."""
    (landed,) = guest.leave(guest.request(state=None))
    assert landed.answer == {}
    guest.is_gone()


def test_oidcc_rp_initiated_logout_only_state(guest: Guest) -> None:
    """A state alone is no way back: the session ends on a page of the issuer (§2)."""
    _ends_here(guest, guest.request(id_token_hint=None, post_logout_redirect_uri=None))


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(guest: Guest) -> None:
    """A registered address with something added is another address (§3, threat 18)."""
    guest.stays_here(guest.request(post_logout_redirect_uri=f"{guest.exchange.client.landing}?foo=bar"))


def test_oidcc_rp_initiated_logout_bad_id_token_hint(guest: Guest) -> None:
    """A hint that somebody else signed is an error, whatever it says (§2, §4, threat 17)."""
    forger = RSAKey.generate_key(2048, {"kid": "forger"})
    text = jwt.encode({"alg": "RS256", "kid": "forger"}, guest.done.claims, forger)
    guest.stays_here(guest.request(id_token_hint=text), question=False)


def _ends_here(guest: Guest, sent: dict[str, str]) -> None:
    assert guest.leave(sent) == []
    assert guest.exchange.browser.address.startswith(guest.exchange.subject.issuer)
    assert guest.exchange.browser.answer.status_code == 200
    guest.is_gone()
