"""The event door: memberships as access-manager tells them."""

from identity.entitlements import service
from shared.events.event import Event
from shared.service import Work


def on_membership(work: Work, event: Event) -> None:
    """A membership was granted, changed or removed; all three carry its whole state."""
    service.record(work, event.sequence, event.data)
