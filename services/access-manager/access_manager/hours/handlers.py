"""What availability tells: whatever it is, the cached answer may be wrong from now on."""

from access_manager.hours import service
from shared.events.event import Event
from shared.service import Work


def hours_changed(work: Work, _event: Event) -> None:
    """Cut the cached answer. Order and repetition do not matter: the next decision asks for the present state."""
    service.cut(work)
