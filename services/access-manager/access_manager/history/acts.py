"""What can happen in an organization, in plain words, as data: a room that audits something new adds one line here.

Each sentence is a key of the translations; it may name `%(actor)s` and `%(target)s`. Pure.
"""

from collections.abc import Mapping

from access_manager.approvals.flow import DENIAL_REASONS
from access_manager.requests.flow import REASONS
from access_manager.rules.removal import REMOVAL_REASONS

ACTS: Mapping[str, str] = {
    "organization.created": "The organization was added",
    "approval.required": "%(target)s asked to join",
    "approval.asked_about": "%(target)s wrote to the access managers about the request to join",
    "approval.reminded": "The access managers were reminded of the request of %(target)s",
    "approval.decided_by_desk": "The support desk decided about the request of %(target)s",
    "approval.escalated": "No access manager was there to ask about the request of %(target)s",
    "approval.withdrawn": "%(target)s withdrew the request to join",
    "access.requested": "%(target)s asked for more access",
    "access.withdrawn": "%(target)s withdrew the request for more access",
    "membership.granted": "%(actor)s gave access to %(target)s",
    "membership.removed": "%(actor)s removed the access of %(target)s",
    "membership.dormant": "%(target)s was warned: the access is not used",
    "recovery.started": "%(actor)s let a link be sent to %(target)s, to choose a new password",
    "invitation.made": "%(actor)s invited %(target)s to join",
    "invitation.changed": "%(actor)s changed the invitation of %(target)s",
    "invitation.sent_again": "%(actor)s sent the invitation of %(target)s again",
    "invitation.revoked": "%(actor)s took the invitation of %(target)s back",
    "invitation.accepted": "%(actor)s accepted an invitation",
    "invitation.refused": "An invitation could not be accepted",
    "members.added": "%(actor)s added people from a list",
    "members.removed": "%(actor)s removed people from a list",
    "members.undone": "%(actor)s undid a change of several people",
    "manager.proposed": "%(actor)s proposed %(target)s as an access manager",
    "manager.end_proposed": "%(actor)s proposed to end the manager role of %(target)s",
    "manager.hand_over_proposed": "%(actor)s proposed to hand the manager role over to %(target)s",
    "manager.dormant": "The access manager %(target)s has not signed in for long",
    "functions.proposed": "%(actor)s proposed sensitive tasks for %(target)s",
    "four_eyes.off_proposed": "%(actor)s proposed that one manager is enough for sensitive tasks",
    "four_eyes.changed": "%(actor)s changed whether sensitive tasks need two managers",
    "proposal.accepted": "%(actor)s accepted a proposal",
    "proposal.approved": "%(actor)s agreed to a proposal about %(target)s",
    "proposal.declined": "%(actor)s declined a proposal about %(target)s",
    "proposal.withdrawn": "%(actor)s withdrew a proposal about %(target)s",
    "deputy.named": "%(actor)s named %(target)s as a deputy",
    "deputy.ended": "%(actor)s ended the time of %(target)s as a deputy",
    "connect_code.renewed": "%(actor)s made a new code for connecting a company",
    "connect_code.removed": "%(actor)s removed the code for connecting a company",
    "link.proposed": "%(actor)s proposed a connection with another organization",
    "link.accepted": "%(actor)s accepted a connection with another organization",
    "link.declined": "%(actor)s declined a connection with another organization",
    "link.withdrawn": "%(actor)s withdrew a proposed connection",
    "link.narrowed": "%(actor)s took tasks away from a connection",
    "link.ended": "%(actor)s ended a connection with another organization",
    "link.assigned": "%(actor)s let people work through a connection",
    "link.unassigned": "%(actor)s removed people from a connection",
    "emergency.list_changed": "%(actor)s changed which tasks may be used in an emergency",
    "emergency.started": "%(target)s used emergency access",
    "emergency.ended": "The emergency access of %(target)s ended",
    "emergency.reviewed": "%(actor)s reviewed the emergency access of %(target)s",
    "review.scheduled": "%(actor)s changed when access is reviewed",
    "review.opened": "%(actor)s opened a review of everybody’s access",
    "review.decided": "%(actor)s reviewed the access of %(target)s",
    "review.exempted": "%(target)s was left out of the review",
    "review.reminded": "The access managers were reminded of the review",
    "review.closed": "The review of access was closed",
}
DECISIONS: Mapping[str, Mapping[str, str]] = {
    "approval.decided": {
        "approved": "%(actor)s approved the request of %(target)s",
        "approved_with_changes": "%(actor)s approved the request of %(target)s with other tasks",
        "denied": "%(actor)s denied the request of %(target)s",
    },
    "access.decided": {
        "granted": "%(actor)s gave %(target)s what they had asked for",
        "partly": "%(actor)s gave %(target)s a part of what they had asked for",
        "denied": "%(actor)s denied %(target)s more access",
    },
}

# Acts that say until when something holds, by the name of its end in the entry.
ENDS: Mapping[str, str] = {
    "membership.granted": "ends_at",
    "membership.changed": "ends_at",
    "invitation.made": "ends_at",
    "invitation.changed": "ends_at",
    "deputy.named": "ends_at",
    "link.proposed": "ends_at",
    "link.narrowed": "ends_at",
    "emergency.started": "ends_at",
    "review.opened": "due_at",
}

# What one can ask the history for: the first parts of the acts' names.
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "requests": ("Requests", ("approval.", "access.")),
    "access": ("What people may do", ("membership.", "members.", "functions.", "emergency.")),
    "invitations": ("Invitations", ("invitation.",)),
    "managers": ("Managers and deputies", ("manager.", "deputy.", "proposal.", "four_eyes.")),
    "companies": ("Companies that work for you", ("link.", "connect_code.")),
    "reviews": ("Reviews", ("review.",)),
    "signing_in": ("Help with signing in", ("recovery.",)),
}

# Reasons that are chosen from a list, by the first part of the act; anything else is somebody's own words. The same
# code may mean two things: why somebody was removed, and why somebody else may not join.
CODES: Mapping[str, Mapping[str, str]] = {
    "membership": {
        **REMOVAL_REASONS,
        "account_closed": "The account was closed",
        "withdrawn": "The request had been withdrawn",
    },
    "members": REMOVAL_REASONS,
    "approval": DENIAL_REASONS,
    "access": REASONS,
}
