"""The event door: the website was closed for maintenance, or is open again."""

from identity.closures import service
from shared.events.event import Event, instant
from shared.service import Work


def on_crossing(work: Work, event: Event) -> None:
    """Only maintenance stops sign-in: a calendar that is closed at night stops nobody (domain §6)."""
    data = event.data
    if data["calendar"] != service.WEBSITE:
        return
    closed = data["open"] is not True and data["reason"] == "maintenance"
    until = instant(data["next_open"]) if data["next_open"] else None
    service.told(work, service.WEBSITE, event.sequence, closed=closed, until=until)
