"""What every answer tells the browser not to allow."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.web.security import allow_form_action, content_security_policy, origin_of, script_nonce
from tests.unit.web_shell.gallery import make_app


def policy(client: FlaskClient, path: str) -> dict[str, str]:
    """The answer's CSP, directive → sources."""
    header = client.get(path).headers["Content-Security-Policy"]
    return {part.split()[0]: " ".join(part.split()[1:]) for part in header.split(";")}


@pytest.mark.parametrize("path", ["/gallery", "/gallery/refused", "/nowhere"])
def test_the_policy_is_strict_on_every_page(client: FlaskClient, path: str) -> None:
    """Errors and unknown addresses included."""
    assert policy(client, path) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
        "form-action": "'self'",
        "require-trusted-types-for": "'script'",
    }


def test_a_form_may_end_at_the_portal_it_was_opened_for(client: FlaskClient) -> None:
    """Only the origin, only in that answer; the next one is strict again."""
    assert policy(client, "/gallery/authorize")["form-action"] == "'self' https://portal.example"
    assert policy(client, "/gallery/form")["form-action"] == "'self'"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "org.example.app:/x", "https://a;script-src *", "https://", "//evil.example", "data:,x"],
)
def test_nothing_but_a_web_origin_gets_into_the_policy(app: Flask, url: str) -> None:
    """Neither schemes that run nor characters that would end the directive."""
    with app.test_request_context(), pytest.raises(ValueError, match=r"."):
        allow_form_action(url)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://Portal.Example:443/a?b#c", "https://portal.example"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:9/x", "http://[::1]:9"),
        ("https://user:secret@portal.example/", "https://portal.example"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    """Default ports, credentials, paths and case fall away."""
    assert origin_of(url) == origin


def test_a_nonce_is_there_only_when_asked_for(app: Flask) -> None:
    """One value per answer, none where nobody needs it."""
    with app.test_request_context():
        assert "nonce" not in content_security_policy()
        nonce = script_nonce()
        assert script_nonce() == nonce
        assert f"script-src 'self' 'nonce-{nonce}'" in content_security_policy()


def test_pages_are_not_framed_sniffed_stored_or_leaked(client: FlaskClient) -> None:
    """The fixed headers of every page."""
    headers = client.get("/gallery/refused").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_view_s_own_caching_stays(client: FlaskClient) -> None:
    """`no-store` is for pages that said nothing."""
    assert client.get("/gallery/public").headers["Cache-Control"] == "public, max-age=60"


def test_https_is_demanded_where_we_have_it(client: FlaskClient) -> None:
    """HSTS only on https; on plain http it would mean nothing."""
    secure = make_app(public_url="https://auth.example.com").test_client()
    assert secure.get("/gallery").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in client.get("/gallery").headers
