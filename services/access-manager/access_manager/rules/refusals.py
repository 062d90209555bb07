"""Every refusal with its HTTP status and the sentence people read, and how a rule meets HTTP: the one place."""

from enum import StrEnum

from shared.errors import Problem

_TITLES = {
    403: "This is not allowed.",
    409: "The present state does not allow this.",
    422: "Some fields need mending.",
}


class Refusal(StrEnum):
    """Why an act is refused; the value is the slug of its problem type."""

    LAST_MANAGER = "last-manager"
    TOO_MANY_MANAGERS = "too-many-managers"
    SELF_DECISION = "self-approval"
    SELF_RAISE = "self-raise"
    CONTRACTED_ONLY = "contracted-only"
    UNKNOWN_FUNCTION = "unknown-function"
    KIND_WITHHELD = "kind-withheld"
    MANAGER_WITHOUT_END = "manager-without-end"
    END_IN_THE_PAST = "end-in-the-past"
    NOT_A_MEMBER = "not-a-member"
    ALREADY_A_MANAGER = "already-a-manager"
    NOT_A_MANAGER = "not-a-manager"
    OWN_RECOVERY = "own-recovery"
    RECOVERY_BY_DESK = "recovery-by-desk"
    NO_USABLE_ADDRESS = "no-usable-address"
    OWN_DEPUTY = "own-deputy"
    DEPUTY_SCOPE = "deputy-scope"
    DEPUTY_PERIOD = "deputy-period"
    DEPUTY_BEYOND = "deputy-beyond"
    DEPUTY_OVER = "deputy-over"
    DEPUTY_ALREADY = "deputy-already"
    NEEDS_PROPOSAL = "needs-proposal"
    NEEDS_SECOND_MANAGER = "needs-second-manager"
    MANAGER_ROLE_FIRST = "manager-role-first"
    ALREADY_PROPOSED = "already-proposed"
    PROPOSAL_OVER = "proposal-over"
    PROPOSER_GONE = "proposer-gone"
    NOT_THE_PROPOSER = "not-the-proposer"
    PEOPLE_ONLY = "people-only"
    ALREADY_SO = "already-so"
    UNKNOWN_LINE = "unknown-line"
    BEYOND_LINES = "beyond-lines"
    OWN_LINES = "own-lines"
    ALREADY_HELD = "already-held"
    THROUGH_CONNECTION = "through-connection"
    NOBODY_TO_DECIDE = "nobody-to-decide"
    NOT_ASKED = "not-asked"
    REVIEW_OPEN = "review-open"
    REVIEW_DUE = "review-due"
    SELF_REVIEW = "self-review"
    REVIEW_OVER = "review-over"
    ALREADY_REVIEWED = "already-reviewed"
    REVIEW_UNDECIDED = "review-undecided"
    KEEP_SOME = "keep-some"
    NOT_SUSPENDED = "not-suspended"
    PARTNER_KIND = "partner-kind"
    PARTNER_UNKNOWN = "partner-unknown"
    PARTNER_ALREADY = "partner-already"
    PARTNER_OVER = "partner-over"
    PARTNER_OTHER_SIDE = "partner-other-side"
    PARTNER_NARROWER = "partner-narrower"
    PARTNER_BEYOND = "partner-beyond"
    PARTNER_OWN_STAFF = "partner-own-staff"
    PARTNER_MEMBER = "partner-member"
    PARTNER_REFUSED = "partner-refused"
    EMERGENCY_NOT_LISTED = "emergency-not-listed"
    EMERGENCY_HELD = "emergency-held"
    EMERGENCY_PARTNER = "emergency-partner"
    EMERGENCY_UNREVIEWED = "emergency-unreviewed"
    EMERGENCY_RUNS = "emergency-runs"
    EMERGENCY_OVER = "emergency-over"
    EMERGENCY_REVIEWED = "emergency-reviewed"
    NOTHING_GIVEN = "nothing-given"
    ALREADY_A_MEMBER = "already-a-member"
    INVITATION_EXPIRED = "invitation-expired"
    INVITATION_REVOKED = "invitation-revoked"
    INVITATION_CLOSED = "invitation-closed"
    OWN_ROW = "own-row"
    UNDO_OVER = "undo-over"
    UNDONE_BEFORE = "undone-before"


REFUSALS: dict[Refusal, tuple[int, str]] = {
    Refusal.LAST_MANAGER: (
        409,
        "An organization always has an access manager. Make another person a manager first, then try again.",
    ),
    Refusal.TOO_MANY_MANAGERS: (
        409,
        "An organization has at most 15 access managers. Let one step down first, then try again.",
    ),
    Refusal.SELF_DECISION: (
        403,
        "Nobody decides their own request. Another access manager can, or the support desk.",
    ),
    Refusal.SELF_RAISE: (
        403,
        "Nobody adds functions to their own access. Another access manager can, or the support desk.",
    ),
    Refusal.CONTRACTED_ONLY: (409, "Some of these functions are only for organizations with a contract."),
    Refusal.KIND_WITHHELD: (
        409,
        "Some of these functions are only for those who give care. A practice can connect your organization to them.",
    ),
    Refusal.UNKNOWN_FUNCTION: (422, "Some of these functions do not exist."),
    Refusal.MANAGER_WITHOUT_END: (
        409,
        "An access manager’s access has no end date. Remove the date, or let them step down first.",
    ),
    Refusal.END_IN_THE_PAST: (422, "Enter an end date after today."),
    Refusal.NOT_A_MEMBER: (409, "This person’s access was removed before."),
    Refusal.ALREADY_A_MANAGER: (409, "This person is an access manager already."),
    Refusal.NOT_A_MANAGER: (409, "This person is not an access manager."),
    Refusal.OWN_RECOVERY: (409, "This is you. Change your own password under your account."),
    Refusal.RECOVERY_BY_DESK: (409, "Only the support desk may help this person to sign in. They can call it."),
    Refusal.NO_USABLE_ADDRESS: (
        409,
        "None of this person’s addresses can be used at the moment. The support desk helps; they can call it.",
    ),
    Refusal.OWN_DEPUTY: (409, "You cannot be your own deputy. Choose another person."),
    Refusal.DEPUTY_SCOPE: (422, "Choose what the deputy may do."),
    Refusal.DEPUTY_PERIOD: (422, "Choose a last day that is not over, at most 90 days after the first day."),
    Refusal.DEPUTY_BEYOND: (403, "A deputy cannot do this. Ask an access manager."),
    Refusal.DEPUTY_OVER: (409, "This has ended before."),
    Refusal.DEPUTY_ALREADY: (
        409,
        "This person is the manager’s deputy on some of these days already. End that first, then name them again.",
    ),
    Refusal.NEEDS_PROPOSAL: (409, "Nobody changes who manages access alone. Propose it instead."),
    Refusal.NEEDS_SECOND_MANAGER: (
        409,
        "Your organization wants two managers to agree to some of these tasks. Propose them instead.",
    ),
    Refusal.MANAGER_ROLE_FIRST: (
        409,
        "This person is an access manager. That role ends first, and another manager must agree to it.",
    ),
    Refusal.ALREADY_PROPOSED: (409, "This is proposed already. Look at the open proposal."),
    Refusal.PROPOSAL_OVER: (409, "This proposal is not open any more. Nothing was changed by this."),
    Refusal.PROPOSER_GONE: (
        409,
        "Whoever proposed this is no longer an access manager, so nothing was changed. Another manager can propose it.",
    ),
    Refusal.NOT_THE_PROPOSER: (403, "Only whoever proposed this withdraws it. You can decline it."),
    Refusal.PEOPLE_ONLY: (403, "Only a person who signs in may do this, not a program."),
    Refusal.ALREADY_SO: (409, "It is like this already."),
    Refusal.UNKNOWN_LINE: (422, "Some of these lines of business do not exist."),
    Refusal.BEYOND_LINES: (
        403,
        "You manage some lines of business only. Ask an access manager who manages all of them.",
    ),
    Refusal.OWN_LINES: (403, "Nobody changes their own lines of business. Another access manager can."),
    Refusal.ALREADY_HELD: (409, "You can do this already. Sign in again at the portal if it still refuses you."),
    Refusal.THROUGH_CONNECTION: (
        409,
        "This access comes through a company that works for the organization. That company says what its people do.",
    ),
    Refusal.NOBODY_TO_DECIDE: (
        409,
        "Nobody decides their own request, and there is no other access manager here. The support desk can help.",
    ),
    Refusal.NOT_ASKED: (422, "Give only what was asked for here. Everything else is given on the person’s page."),
    Refusal.REVIEW_OPEN: (409, "A review is open already. Finish it first."),
    Refusal.REVIEW_DUE: (422, "Choose a last day that is at least 3 days and at most 90 days away."),
    Refusal.SELF_REVIEW: (403, "Nobody confirms their own access. Another access manager can."),
    Refusal.REVIEW_OVER: (409, "This review is over. What nobody confirmed has ended; give it anew where needed."),
    Refusal.ALREADY_REVIEWED: (409, "Somebody decided about this person before."),
    Refusal.REVIEW_UNDECIDED: (409, "Some people are still without a decision. Decide about them first."),
    Refusal.KEEP_SOME: (422, "Leave at least one task. To end all of them, choose to remove the person."),
    Refusal.NOT_SUSPENDED: (409, "This person’s access is not suspended."),
    Refusal.PARTNER_KIND: (
        409,
        "Only a billing company or a vendor can work for another organization, and none for itself.",
    ),
    Refusal.PARTNER_UNKNOWN: (
        422,
        "No organization has this connection code now. Ask an access manager there to read it to you again.",
    ),
    Refusal.PARTNER_ALREADY: (
        409,
        "A connection of these two organizations exists or waits for an answer. Look at your partners first.",
    ),
    Refusal.PARTNER_OVER: (409, "This connection has changed or ended meanwhile. Look at it again."),
    Refusal.PARTNER_OTHER_SIDE: (403, "Only the other organization can do this."),
    Refusal.PARTNER_NARROWER: (
        409,
        "Here you can only take tasks away or set an earlier end. To give more, end the connection and make a new one.",
    ),
    Refusal.PARTNER_BEYOND: (409, "Some of these tasks are not part of the connection."),
    Refusal.PARTNER_OWN_STAFF: (
        409,
        "Only active members of your own organization can work through a connection, not people of a partner.",
    ),
    Refusal.PARTNER_MEMBER: (
        409,
        "This person has access there already, not through this connection. An access manager there decides about it.",
    ),
    Refusal.PARTNER_REFUSED: (
        409,
        "An access manager of the organization removed this person from the connection. Talk to them.",
    ),
    Refusal.EMERGENCY_NOT_LISTED: (
        409,
        "Your access managers have not listed this for emergencies. Call the support desk if it cannot wait.",
    ),
    Refusal.EMERGENCY_HELD: (409, "You can do all of this already. Sign in again at the portal if it still refuses."),
    Refusal.EMERGENCY_PARTNER: (
        409,
        "You work here for a company that is connected. Emergency access is for members of the organization itself.",
    ),
    Refusal.EMERGENCY_UNREVIEWED: (
        409,
        "Your last emergency access has not been reviewed. An access manager must look at it before the next one.",
    ),
    Refusal.EMERGENCY_RUNS: (409, "This emergency access still runs. End it first, then review it."),
    Refusal.EMERGENCY_OVER: (409, "This emergency access has ended already."),
    Refusal.EMERGENCY_REVIEWED: (409, "Somebody reviewed this emergency access before."),
    Refusal.NOTHING_GIVEN: (422, "Choose at least one task."),
    Refusal.ALREADY_A_MEMBER: (409, "This person has access already. Change it on their page."),
    Refusal.INVITATION_EXPIRED: (
        409,
        "This invitation has ended. Ask an access manager of the organization to invite you again.",
    ),
    Refusal.INVITATION_REVOKED: (409, "This invitation was taken back. Ask an access manager of the organization why."),
    Refusal.INVITATION_CLOSED: (409, "This invitation was answered or taken back before."),
    Refusal.OWN_ROW: (409, "This is you. Nobody adds to, or removes, their own access with a list."),
    Refusal.UNDO_OVER: (409, "A list can be undone for 24 hours. Change each person on their page now."),
    Refusal.UNDONE_BEFORE: (409, "This list was undone before."),
}


def refuse(refusal: Refusal, **members: object) -> Problem:
    """Return the problem for a refusal; its detail is a key of the translations."""
    status, sentence = REFUSALS[refusal]
    return Problem(status, refusal.value, _TITLES[status], sentence, None, **members)


def insist(refusal: Refusal | None, **members: object) -> None:
    """Raise the problem unless the rule allowed the act."""
    if refusal is not None:
        raise refuse(refusal, **members)
