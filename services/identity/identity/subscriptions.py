"""What identity listens to: the whole table, one line an event type."""

from identity.entitlements.handlers import on_membership
from shared.service import Subscription

SUBSCRIPTIONS = (
    Subscription("membership.granted", "access-manager", on_membership),
    Subscription("membership.changed", "access-manager", on_membership),
    Subscription("membership.removed", "access-manager", on_membership),
)
