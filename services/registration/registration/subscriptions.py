"""Who listens to what: the one table of events that reach registration."""

from registration.submission import handlers as submission
from registration.vetting.dormant import handlers as dormant
from shared.service import Subscription
from shared.web.signin import SESSION_ENDED

SUBSCRIPTIONS = (
    Subscription("account.opened", "identity", submission.account_opened),
    SESSION_ENDED,
    Subscription("approval.required", "access-manager", submission.approval_required),
    Subscription("approval.decided", "access-manager", submission.approval_decided),
    Subscription("organization.changed", "access-manager", submission.organization_changed),
    Subscription("manager.changed", "access-manager", submission.manager_changed),
    Subscription("manager.dormant", "access-manager", dormant.manager_dormant),
    Subscription("manager.returned", "access-manager", dormant.manager_returned),
)
