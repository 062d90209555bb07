"""The session cookie: opaque, HttpOnly, host-bound on https (SP 800-63B-4 §5.1, ASVS 3.3.1)."""

from flask import Request
from werkzeug.wrappers import Response

_NAME = "gh_session"


def name(*, secure: bool) -> str:
    """Return the cookie's name; `__Host-` binds it to this host and path, and browsers demand https for that."""
    return f"__Host-{_NAME}" if secure else _NAME


def value_of(request: Request, *, secure: bool) -> str | None:
    """Return what the browser sent, or None."""
    return request.cookies.get(name(secure=secure))


def give(response: Response, value: str, *, secure: bool) -> None:
    """Set the cookie until the browser closes: shared office computers are normal, so nobody is remembered."""
    response.set_cookie(name(secure=secure), value, secure=secure, httponly=True, samesite="Lax", path="/")


def remove(response: Response, *, secure: bool) -> None:
    """Take the cookie away."""
    response.delete_cookie(name(secure=secure), secure=secure, httponly=True, samesite="Lax", path="/")
