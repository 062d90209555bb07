"""The event door: an organization's only manager stays away, or is back; somebody else manages it."""

from registration.vetting.dormant import service
from registration.vetting.dormant.service import Sleeper
from shared.events import Event
from shared.events.event import instant
from shared.service import Work


def manager_dormant(work: Work, event: Event) -> None:
    """The only manager has not signed in for long: somebody has to call the office."""
    told = event.data
    name, seen_at = told.get("display_name"), told.get("last_seen_at")
    sleeper = Sleeper(str(told["account_id"]), str(name) if name else None, instant(str(seen_at)) if seen_at else None)
    service.stays_away(work, str(told["organization_id"]), event.sequence, sleeper)


def manager_returned(work: Work, event: Event) -> None:
    """They signed in again: nobody has to be called any more."""
    service.came_back(work, str(event.data["organization_id"]), event.sequence)


def manager_changed(work: Work, event: Event) -> None:
    """Who manages the organization now."""
    managers = event.data["managers"]
    named = [str(each) for each in managers] if isinstance(managers, list) else []
    service.managers_are(work, str(event.data["organization_id"]), event.sequence, named)
