"""Who listens to what: the one table of events that reach registration."""

from registration.directory import handlers as directory
from registration.submission import handlers as submission
from shared.service import Subscription
from shared.web.signin import SESSION_ENDED

SUBSCRIPTIONS = (
    Subscription("account.opened", "identity", submission.account_opened),
    SESSION_ENDED,
    Subscription("approval.required", "access-manager", submission.approval_required),
    Subscription("approval.decided", "access-manager", submission.approval_decided),
    Subscription("organization.changed", "access-manager", directory.organization_changed),
    Subscription("manager.changed", "access-manager", directory.manager_changed),
)
