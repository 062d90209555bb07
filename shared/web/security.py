"""Response headers that keep a browser on our side: CSP, framing, referrer, transport, caching.

The recipe is measured (docs/decisions/0005): `default-src 'none'`, everything from ourselves only, no inline script or
style anywhere. `form-action` also governs where a form's *redirects* may lead, so a page that ends at a portal names
the portal's registered origin with `allow_form_action`, for that one response.
"""

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g

ONE_YEAR = 365 * 24 * 3600
_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_DIRECTIVES = (
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
)
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # same-origin, not no-referrer: under no-referrer browsers send `Origin: null` with our own forms (Fetch §3.2),
    # and the origin check would have nothing to look at. Nothing leaves for other origins either way.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
}


def origin_of(url: str) -> str:
    """Scheme, host and port of an http(s) URL, lower case, default port left out (RFC 6454 §6.1).

    Errors: `ValueError` for any other scheme and for a host that could carry CSP syntax.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    shown = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, default) else f":{parts.port}"
    origin = f"{parts.scheme}://{shown}{port}"
    if not _ORIGIN.fullmatch(origin):
        raise ValueError("not the origin of an http or https address")
    return origin


def allow_form_action(url: str) -> None:
    """Let forms of this response end at the origin of `url`: a client's *registered* address, never a raw parameter.

    Errors: `ValueError` for a custom scheme, which no `form-action` helps: answer with `shell/leaving.html` instead.
    """
    allowed: list[str] = g.setdefault("form_action", [])
    origin = origin_of(url)
    if origin not in allowed:
        allowed.append(origin)


def script_nonce() -> str:
    """Nonce for an inline script of this response. The shell has none; this is for pages we do not write ourselves."""
    nonce: str = g.setdefault("script_nonce", secrets.token_urlsafe(16))
    return nonce


def content_security_policy() -> str:
    """The policy of this response."""
    nonce = g.get("script_nonce")
    scripts = f"script-src 'self' 'nonce-{nonce}'" if nonce else "script-src 'self'"
    return "; ".join((*_DIRECTIVES, scripts, " ".join(("form-action 'self'", *g.get("form_action", ())))))


def fixed_headers(public_url: str) -> dict[str, str]:
    """Return the headers of an answer that is no page and asks for nothing of its own."""
    https = public_url.startswith("https://")
    found = {**_FIXED, "Strict-Transport-Security": f"max-age={ONE_YEAR}; includeSubDomains"} if https else _FIXED
    policy = "; ".join((*_DIRECTIVES, "script-src 'self'", "form-action 'self'"))
    return {**found, "Cache-Control": "no-store", "Content-Security-Policy": policy}


def install_security(app: Flask, *, public_url: str) -> None:
    """Set the headers on every answer of `app`, errors included; a header that a view set itself stays."""
    https = public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    fixed = fixed_headers(public_url)

    @app.after_request
    def set_headers(response: Response) -> Response:
        wanted = {**fixed, "Content-Security-Policy": content_security_policy()}
        # One look at what is there: `setdefault` looks through all headers for each of ours, on every answer.
        there = {name.lower() for name, _value in response.headers}
        response.headers.extend((name, value) for name, value in wanted.items() if name.lower() not in there)
        return response
