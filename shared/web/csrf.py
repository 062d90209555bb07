"""Cross-site request forgery: an unsafe request to a page needs our origin and our token (threats 18, 21).

Two independent checks. The browser's own word (`Origin`, `Sec-Fetch-Site`) must say "from here" where it says
anything. And the form must carry a token signed over a random seed that sits in a cookie of ours; each rendering
salts it anew, so compression leaks nothing. Views that take no cookie (bearer tokens, OAuth endpoints) declare
`gatehouse_csrf = False`.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup

from shared.errors import Problem
from shared.i18n import say
from shared.web.security import origin_of

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TITLE = "This form cannot be accepted"
_SEED = 43  # characters of a seed: 256 bits


@dataclass(frozen=True)
class Guard:
    """What one app checks with: its public origin, its keys (first signs, all verify) and the cookie's name."""

    origin: str
    keys: tuple[bytes, ...]
    cookie: str
    secure: bool


def install_csrf(app: Flask, *, public_url: str, keys: Sequence[bytes]) -> None:
    """Check every unsafe request of `app` before its view runs.

    `keys`: at least one secret of 32 bytes or more; the services may have different ones, the cookie holds no secret.
    """
    if not keys or min(map(len, keys)) < 16:
        raise ValueError("a CSRF key has at least 16 bytes")
    secure = public_url.startswith("https://")
    # __Host-: only this very host can have set it, over https, for the whole host (RFC 6265bis §4.1.3.2).
    cookie = "__Host-gatehouse_csrf" if secure else "gatehouse_csrf"
    app.extensions["gatehouse_csrf"] = Guard(origin_of(public_url), tuple(keys), cookie, secure)
    app.before_request(refuse_forgeries)
    app.after_request(_remember_seed)


def guard_of(app: Flask) -> Guard:
    """Return what `install_csrf` gave the app."""
    guard: Guard = app.extensions["gatehouse_csrf"]
    return guard


def token_for(guard: Guard, cookie: str) -> tuple[str, str | None]:
    """Return a token for the browser that sent `cookie`, and the seed it must keep where that was none of ours.

    For who answers without Flask; the answer must not be cached.
    """
    fresh = secrets.token_urlsafe(32) if len(cookie) != _SEED else None
    return _token(guard, fresh or cookie), fresh


def csrf_token() -> str:
    """A token for this browser, also for scripts (header `X-CSRF-Token`)."""
    return _token(_guard(), _seed())


def csrf_field() -> Markup:
    """`{{ csrf() }}`: the hidden field every POST form carries; in a page drawn for many, the place of its token."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, g.get("csrf_mark") or csrf_token())


def refuse_forgeries() -> None:
    """Raise the 403 Problem before anything has happened, unless the request is ours."""
    if request.method in SAFE_METHODS or request.endpoint is None:
        return
    if not getattr(current_app.view_functions[request.endpoint], "gatehouse_csrf", True):
        return
    if not comes_from(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"), _guard().origin):
        raise _refusal("csrf-origin", say("It was sent from another site. Go back, reload the page and try again. "
                                          "Nothing was changed."))  # fmt: skip
    if not _token_fits(request.headers.get(HEADER) or request.form.get(FIELD, "")):
        raise _refusal("csrf-token", say("The page was open too long, or cookies are switched off. "
                                         "Go back, reload the page and try again. Nothing was changed."))  # fmt: skip


def comes_from(origin: str | None, fetch_site: str | None, own: str) -> bool:
    """Whether the browser says that our own page sent the request.

    `Origin: null` says nothing; then only `Sec-Fetch-Site: same-origin` will do. Every browser since 2020 sends at
    least one of the two with a POST: whoever sends neither is a program, which holds nobody's cookies but its own,
    and the token alone decides.
    """
    if fetch_site not in (None, "same-origin", "none"):
        return False
    if origin is None:
        return True
    return origin == own or (origin == "null" and fetch_site == "same-origin")


def _guard() -> Guard:
    return guard_of(current_app)


def _token(guard: Guard, seed: str) -> str:
    salt = secrets.token_urlsafe(12)
    return f"{salt}.{_signature(guard.keys[0], salt, seed)}"


def _seed() -> str:
    """The browser's seed: from its cookie, or a new one that goes out with this response."""
    if "csrf_seed" not in g:
        known = request.cookies.get(_guard().cookie, "")
        g.csrf_seed_is_new = len(known) != _SEED
        g.csrf_seed = secrets.token_urlsafe(32) if g.csrf_seed_is_new else known
    seed: str = g.csrf_seed
    return seed


def _signature(key: bytes, salt: str, seed: str) -> str:
    return hmac.new(key, f"csrf {salt} {seed}".encode(), sha256).hexdigest()


def _token_fits(token: str) -> bool:
    seed = request.cookies.get(_guard().cookie, "")
    salt, _, signature = token.partition(".")
    if not seed or not signature.isascii():
        return False
    return any(hmac.compare_digest(_signature(key, salt, seed), signature) for key in _guard().keys)


def _refusal(slug: str, detail: str) -> Problem:
    return Problem(403, slug, say(TITLE), detail)


def _remember_seed(response: Response) -> Response:
    if "csrf_seed" not in g:
        return response
    # A page with a token belongs to one browser, whatever its view thought about caching.
    response.headers["Cache-Control"] = "no-store"
    if g.csrf_seed_is_new:
        guard = _guard()
        response.set_cookie(guard.cookie, g.csrf_seed, path="/", secure=guard.secure, httponly=True, samesite="Lax")
    return response
