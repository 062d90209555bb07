"""What identity listens to: the whole table, one line an event type."""

from identity.closures.handlers import on_crossing as closures
from identity.entitlements.handlers import on_membership
from identity.oidc.logout.deliveries.handlers import on_session_ended
from identity.oidc.openings.handlers import on_crossing as openings
from identity.oidc.openings.handlers import on_maintenance, on_schedule
from shared.events.event import Event
from shared.service import Subscription, Work


def on_crossing(work: Work, event: Event) -> None:
    """A calendar opened or closed: for the tokens of its functions, and for signing in."""
    openings(work, event)
    closures(work, event)


SUBSCRIPTIONS = (
    Subscription("membership.granted", "access-manager", on_membership),
    Subscription("membership.changed", "access-manager", on_membership),
    Subscription("membership.removed", "access-manager", on_membership),
    Subscription("service.opened", "availability", on_crossing),
    Subscription("service.closed", "availability", on_crossing),
    Subscription("schedule.changed", "availability", on_schedule),
    Subscription("maintenance.scheduled", "availability", on_maintenance),
    Subscription("maintenance.started", "availability", on_maintenance),
    Subscription("maintenance.ended", "availability", on_maintenance),
    Subscription("session.ended", "identity", on_session_ended),
)
