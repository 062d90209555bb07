"""The edge between requests and devices: the browser that asks, its device cookie, the mark of a shared computer."""

from flask import Request, request
from werkzeug.wrappers import Response

from identity.devices import labels
from identity.devices.browser import Browser
from identity.devices.places import Places
from shared.web.cookies import bound_to_host
from shared.web.door import context

_DEVICE = "gh_device"
SHARED = "gh_shared"  # what the whole name of the mark ends with
# The longest that browsers keep a cookie (draft-ietf-httpbis-rfc6265bis §5.6). The row behind it may go sooner.
_LIFE = 400 * 24 * 3600
_LONGEST = 64  # characters of a secret; ours have 43


def browser() -> Browser:
    """Return the browser of this request. A shared computer has no device cookie, whatever it sends."""
    computer = _cookie(request, SHARED)
    label, family = labels.of(request.headers.get("User-Agent", ""))
    source = request.remote_addr or ""
    found = context().part(Places).of(source)
    return Browser(
        secret=None if computer else _cookie(request, _DEVICE),
        label=label,
        family=family,
        source=source,
        network=found.network,
        place=found.place,
        country=found.country,
        position=found.position,
        shared=computer is not None,
        computer=computer,
    )


def give(answer: Response, secret: str | None) -> None:
    """Put a device's secret into the browser; None, as `seen` gives where nothing is new, changes nothing."""
    if secret is not None:
        _set(answer, _DEVICE, secret)


def mark_shared(answer: Response) -> str:
    """Mark the browser as one that many people use, and take its device cookie away; return the mark's secret."""
    secret = context().ids.token()
    _set(answer, SHARED, secret)
    _remove(answer, _DEVICE)
    return secret


def unmark_shared(answer: Response) -> None:
    """Take the mark away."""
    _remove(answer, SHARED)


def _cookie(asked: Request, name: str) -> str | None:
    value = asked.cookies.get(bound_to_host(name)) or None
    return value if value and len(value) <= _LONGEST else None


def _set(answer: Response, name: str, value: str) -> None:
    secure = context().settings.secure
    answer.set_cookie(bound_to_host(name), value, max_age=_LIFE, secure=secure, httponly=True, samesite="Lax", path="/")


def _remove(answer: Response, name: str) -> None:
    secure = context().settings.secure
    answer.delete_cookie(bound_to_host(name), secure=secure, httponly=True, samesite="Lax", path="/")
