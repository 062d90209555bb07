"""The page of a closed website: 503 with `Retry-After`, never a refusal of the person (domain §6)."""

from datetime import datetime
from math import ceil

from flask import Response

from identity.closures.service import Closed
from shared.web.shell.render import page

_UNKNOWN_END = 300  # seconds


def closed_page(found: Closed, now: datetime) -> Response:
    """Say that it is maintenance, until when, and that nothing is lost."""
    answer = page("login/maintenance.html", 503, until=found.until, home_url="/status")
    wait = ceil((found.until - now).total_seconds()) if found.until else _UNKNOWN_END
    answer.headers["Retry-After"] = str(max(1, wait))
    answer.headers["Cache-Control"] = "no-store"
    return answer
