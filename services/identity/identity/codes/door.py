"""The edge of every page that takes a code: who waits, who tried in vain, in which words."""

from datetime import datetime

from flask import request

from identity.codes.service import Guesses
from identity.throttle import door
from identity.throttle.throttle import Throttle
from shared.web.door import context
from shared.web.forms import Errors
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language, ngettext
from shared.web.shell.moments import when

_WARN_FROM = 3  # guesses left
_BY_THE_CLOCK_FROM = 60  # seconds


def waits_until(account_id: str, device: str | None = None) -> datetime | None:
    """Count a try of this account; return until when none is accepted, or None to go on (ASVS 6.6.3).

    `device`: the id of a device that the account has proved before, which counts by itself (threat 28).
    """
    return context().part(Throttle).try_once("code", account_id, request.remote_addr or "", device)


def waiting(account_id: str, field: str, device: str | None = None) -> Errors:
    """Do the same; return the sentence for `field` where none is accepted now."""
    until = waits_until(account_id, device)
    return {field: door.waiting(until)} if until else {}


def note(account_id: str, *, fits: bool, device: str | None = None) -> None:
    """Note how the counted try ended."""
    throttle, source = context().part(Throttle), request.remote_addr or ""
    if fits:
        throttle.succeeded("code", account_id, source, device)
    else:
        throttle.failed("code", account_id, source, device)


def not_yet(until: datetime) -> Errors:
    """Say when the next code may be asked for: an error of the page, for nothing that was typed is wrong."""
    seconds = door.seconds_left(until)
    if seconds <= _BY_THE_CLOCK_FROM:
        said = ngettext(
            "You can ask for another code in %(n)s second", "You can ask for another code in %(n)s seconds", seconds
        )
    else:
        said = _("You can ask for another code at %(time)s", time=when(until, language(), "time"))
    return {"": said}


def wrong(left: Guesses) -> str:
    """Say that a code which was sent does not fit, and how many tries are left when few are."""
    if left.until is not None:
        return door.waiting(left.until)
    if left.left > _WARN_FROM:
        return _("This code does not fit. Enter the 6 digits of the message; each code works once")
    return ngettext(
        "This code does not fit. You have %(n)s more try",
        "This code does not fit. You have %(n)s more tries",
        left.left,
    )


def wrong_app() -> str:
    """Say that the code of an app does not fit."""
    return _("This code does not fit. Enter the code that the app shows now; each code works once")
