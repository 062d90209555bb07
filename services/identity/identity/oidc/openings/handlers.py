"""The event door: what availability tells about its calendars, in any order, any number of times."""

from collections.abc import Sequence
from typing import cast

from identity.oidc.openings import service
from identity.oidc.openings.service import Told
from shared.events.event import Event, instant
from shared.service import Work


def on_crossing(work: Work, event: Event) -> None:
    """A calendar opened or closed: its functions go into tokens, or stay out of them, from now on."""
    data = event.data
    until = instant(data["valid_until"]) if data["valid_until"] else None
    functions = tuple(cast("Sequence[str]", data["functions"]))
    told = Told(functions, data["open"] is True, until, until)
    service.crossed(work, str(data["calendar"]), event.sequence, told)


def on_schedule(work: Work, event: Event) -> None:
    """A schedule changed: a closing that was known may be another one."""
    service.doubt(work, [str(event.data["calendar"])])


def on_maintenance(work: Work, event: Event) -> None:
    """A maintenance is planned, began or is over: the closing that was known may be another one."""
    service.doubt(work, cast("Sequence[str]", event.data["calendars"]))
