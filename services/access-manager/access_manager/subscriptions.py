"""Who listens to what: the one table. Every handler tolerates repetition and disorder."""

from access_manager.approvals.doors.handlers import application_withdrawn, user_registered, vetting_completed
from access_manager.hours.handlers import hours_changed
from access_manager.invitations.joining.handlers import account_opened
from access_manager.memberships.doors.handlers import account_closed
from access_manager.people.handlers import (
    account_stands,
    contact_changed,
    session_started,
    terms_accepted,
    terms_published,
)
from shared.service import Subscription
from shared.web.signin import SESSION_ENDED

SUBSCRIPTIONS = (
    Subscription("user.registered", "registration", user_registered),
    Subscription("application.withdrawn", "registration", application_withdrawn),
    Subscription("vetting.completed", "registration", vetting_completed),
    Subscription("account.opened", "identity", account_opened),
    Subscription("account.activated", "identity", account_stands),
    Subscription("account.locked", "identity", account_stands),
    Subscription("account.unlocked", "identity", account_stands),
    Subscription("account.closed", "identity", account_closed),
    Subscription("contact.changed", "identity", contact_changed),
    Subscription("session.started", "identity", session_started),
    Subscription("terms.published", "identity", terms_published),
    Subscription("terms.accepted", "identity", terms_accepted),
    Subscription("schedule.changed", "availability", hours_changed),
    Subscription("maintenance.scheduled", "availability", hours_changed),
    Subscription("maintenance.started", "availability", hours_changed),
    Subscription("maintenance.ended", "availability", hours_changed),
    Subscription("service.opened", "availability", hours_changed),
    Subscription("service.closed", "availability", hours_changed),
    SESSION_ENDED,
)
