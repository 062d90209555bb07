"""What every answer must look like, whichever module asked: of the authorization, token and userinfo endpoints."""

import re
from typing import Any

import httpx

from tests.conformance.harness.issuers.browser import Browser
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Arrival

_ERROR = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §4.1.2.1, §5.2
_TOKEN = re.compile(r"[\x20-\x7e]+")  # RFC 6749 §A.12, §A.17
_SHORTEST_TOKEN = 22  # characters of base 64: 128 bits (RFC 6749 §10.10)


def authorized(subject: Subject, arrival: Arrival, state: str | None) -> str:
    """Return the code of an authorization response (RFC 6749 §4.1.2, RFC 9207 §2.3)."""
    told = arrival.answer
    assert "error" not in told, told
    _belongs(subject, told, state)
    assert set(told) <= {"code", "state", "iss", "session_state"}, told
    assert len(told["code"]) >= _SHORTEST_TOKEN
    return told["code"]


def refused(subject: Subject, arrival: Arrival, state: str | None, *errors: str) -> None:
    """Hold an authorization error response to RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6 and RFC 9207."""
    told = arrival.answer
    assert told.get("error") in errors, told
    assert set(told) <= {"error", "error_description", "error_uri", "state", "iss"}, told
    _belongs(subject, told, state)
    _well_said(told)


def kept_here(subject: Subject, browser: Browser) -> None:
    """The issuer says on a page of its own that something is wrong, and offers no sign-in."""
    assert 400 <= browser.answer.status_code < 500, (browser.answer.status_code, browser.text)
    assert browser.address.startswith(subject.issuer)
    assert "html" in browser.answer.headers["Content-Type"]
    assert len(browser.text) > 20
    assert not browser.has_field("assword")


def tokens(answer: httpx.Response, token_type: str = "bearer") -> dict[str, Any]:
    """Return a successful token response (RFC 6749 §5.1, OIDC Core §3.1.3.3)."""
    assert answer.status_code == 200, answer.text
    told = _json(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert str(told["token_type"]).lower() == token_type
    assert type(told["expires_in"]) is int
    assert told["expires_in"] > 0
    for name in {"access_token", "refresh_token"} & set(told):
        assert _TOKEN.fullmatch(told[name])
        assert len(told[name]) >= _SHORTEST_TOKEN
    return told


def token_refusal(answer: httpx.Response, *errors: str, status: tuple[int, ...] = (400,)) -> None:
    """Hold an error of the token, PAR or another client endpoint to RFC 6749 §5.2."""
    assert answer.status_code in status, (answer.status_code, answer.text)
    told = _json(answer)
    assert told["error"] in errors, told
    assert "access_token" not in told
    _well_said(told)


def userinfo(answer: httpx.Response, subject_of_id_token: str) -> dict[str, Any]:
    """Return the claims of a userinfo response, each of the type that OIDC Core §5.1 gives it (§5.3.2, §5.3.4)."""
    assert answer.status_code == 200, answer.text
    told = _json(answer)
    assert told["sub"] == subject_of_id_token
    for name, kind in _STANDARD.items():
        if name in told:
            assert type(told[name]) is kind, (name, told[name])
            assert told[name] != "", name
    return told


def resource_refusal(answer: httpx.Response, scheme: str = "Bearer", *errors: str) -> None:
    """Hold a refused access token or proof to RFC 6750 §3, RFC 9449 §7.1."""
    assert answer.status_code in {400, 401}, (answer.status_code, answer.text)
    challenge = answer.headers["WWW-Authenticate"]
    assert f"{scheme} " in challenge, challenge
    assert any(f'error="{error}"' in challenge for error in errors or ("invalid_token",)), challenge


def _belongs(subject: Subject, told: dict[str, str], state: str | None) -> None:
    assert told.get("state") == state
    if subject.discovery.get("authorization_response_iss_parameter_supported"):
        assert told["iss"] == subject.issuer


def _well_said(told: dict[str, Any]) -> None:
    assert _ERROR.fullmatch(told["error"])
    if "error_description" in told:
        assert _ERROR.fullmatch(told["error_description"]), told["error_description"]
    assert str(told.get("error_uri", "https://")).startswith("http")


def _json(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    return dict(answer.json())


_STANDARD: dict[str, type] = {
    **dict.fromkeys(("sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"), str),
    **dict.fromkeys(("profile", "picture", "website", "email", "gender", "birthdate", "zoneinfo", "locale"), str),
    **dict.fromkeys(("email_verified", "phone_number_verified"), bool),
    "phone_number": str,
    "address": dict,
    "updated_at": int,
}
