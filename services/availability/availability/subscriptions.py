"""What availability listens to: one table."""

from shared.service import Subscription
from shared.web.signin import SESSION_ENDED

SUBSCRIPTIONS: tuple[Subscription, ...] = (SESSION_ENDED,)
