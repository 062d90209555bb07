"""What identity listens to: the whole table, one line an event type."""

from identity.closures.handlers import on_crossing as closures
from identity.entitlements.handlers import on_membership as memberships
from identity.oidc.logout.deliveries.handlers import on_session_ended as sign_outs
from identity.oidc.openings.handlers import on_crossing as openings
from identity.oidc.openings.handlers import on_maintenance, on_schedule
from identity.signals.telling.handlers import on_event
from identity.signals.telling.handlers import on_membership as signals_of_membership
from shared.events.event import Event
from shared.service import Subscription, Work


def on_crossing(work: Work, event: Event) -> None:
    """A calendar opened or closed: for the tokens of its functions, and for signing in."""
    openings(work, event)
    closures(work, event)


def on_membership(work: Work, event: Event) -> None:
    """What somebody may do has changed: for what identity tells of them, and for who listens to that."""
    if memberships(work, event):
        signals_of_membership(work, event)


def on_session_ended(work: Work, event: Event) -> None:
    """A session is over: for its apps, and for who listens to signals."""
    sign_outs(work, event)
    on_event(work, event)


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
    Subscription("session.assured", "identity", on_event),
    Subscription("credential.changed", "identity", on_event),
    Subscription("account.locked", "identity", on_event),
    Subscription("account.unlocked", "identity", on_event),
    Subscription("account.closed", "identity", on_event),
)
