"""The event door: memberships as access-manager tells them."""

from identity.entitlements import service
from shared.events.event import Event
from shared.service import Work


def on_membership(work: Work, event: Event) -> bool:
    """A membership was granted, changed or removed; all three carry its whole state. False: a newer one is known."""
    return service.record(work, event.sequence, event.data)
