"""What the desk's rules are called on its pages, in the reader's language."""

from collections.abc import Sequence

from registration.applications import states
from registration.applications.answers import Line, OrganizationKind
from registration.applications.models import Application
from registration.desk.pages.refusals import Cause
from registration.evidence.ways import Way
from registration.vetting.alerts import Alert, AlertKind
from registration.vetting.cases import CallOutcome, CaseState, Evidence, Ground, Why
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language, ngettext
from shared.web.shell.moments import when


def outcomes() -> dict[str, str]:
    """How a call can end."""
    return {
        CallOutcome.CONFIRMED: _("The office confirmed"),
        CallOutcome.NO_ANSWER: _("No answer"),
        CallOutcome.VOICEMAIL: _("Left a message"),
        CallOutcome.WRONG_NUMBER: _("Wrong number"),
        CallOutcome.NOT_KNOWN: _("The office does not know the person"),
        CallOutcome.REFUSED: _("The office did not want to answer"),
    }


def evidence(ground: Ground) -> dict[str, str]:
    """What an office can confirm in a case of this ground."""
    applicant: dict[str, str] = {
        Evidence.KNOWS_APPLICANT: _("They know the applicant, who works there"),
        Evidence.AGREES_TO_MANAGER: _("They agree that the applicant manages access"),
    }
    manager: dict[str, str] = {
        Evidence.MANAGER_ANSWERS: _("The access manager answered, works there, and keeps managing access")
    }
    return {
        **(manager if ground is Ground.MANAGER_DORMANT else applicant),
        Evidence.NAMED_ANOTHER: _("They want another person to manage access"),
        Evidence.NAMED_LAST4: _("They named the last four digits of the TIN themselves"),
    }


def kinds() -> dict[str, str]:
    """What an organization can be."""
    return {
        OrganizationKind.PRACTICE: _("Practice"),
        OrganizationKind.FACILITY: _("Facility"),
        OrganizationKind.BILLING_COMPANY: _("Billing company"),
        OrganizationKind.VENDOR: _("Vendor"),
    }


def lines(found: Sequence[str] | None) -> str:
    """The lines of business asked for; none means all of them."""
    said = {Line.MEDICAL: _("Medical"), Line.DENTAL: _("Dental"), Line.BEHAVIORAL: _("Behavioral health")}
    return " · ".join(said[Line(each)] for each in found) if found else _("Every line")


def grounds() -> dict[str, str]:
    """Why the desk decides, in a word or two."""
    return {
        Ground.FIRST_PERSON: _("First person"),
        Ground.NO_TIN: _("No TIN"),
        Ground.MANAGERS_SILENT: _("Managers silent"),
        Ground.MANAGER_DORMANT: _("Manager stays away"),
    }


def ground_sentence(ground: str) -> str:
    """Why the desk decides, in a sentence."""
    return {
        Ground.FIRST_PERSON: _("Nobody manages the access of this organization yet."),
        Ground.NO_TIN: _("The organization has no TIN. It gets a number of ours."),
        Ground.MANAGERS_SILENT: _("Its access managers did not answer in time. They may still decide before you do."),
        Ground.MANAGER_DORMANT: _(
            "The only access manager of this organization has not signed in for a year. Nobody there can be asked for "
            "access. The case ends by itself when they sign in, or when the organization gets another access manager."
        ),
    }[Ground(ground)]


def no_case(application: Application) -> str:
    """Why the desk has no case of an application somebody asks about."""
    number = application.number
    if application.state in states.DRAFTING:
        return _(
            "Application %(number)s has not been handed in. The applicant chooses a user ID and a password for that.",
            number=number,
        )
    if application.state in states.PENDING:
        return _(
            "Application %(number)s waits for the access managers of its organization. Without an answer it comes to "
            "this queue after %(when)s.",
            number=number,
            when=when(application.due_at, language()) if application.due_at else _("Not known"),
        )
    return _(
        "Application %(number)s was decided or withdrawn without the desk. The applicant reads the outcome on their "
        "status page.",
        number=number,
    )


def state(of: str) -> tuple[str, str | None]:
    """How a case ended, with the colour of its tag."""
    return {
        CaseState.OPEN: (_("Open"), "info"),
        CaseState.SEATED: (_("Seated"), "success"),
        CaseState.REFUSED: (_("Refused"), "error"),
        CaseState.WITHDRAWN: (_("Withdrawn"), None),
        CaseState.HANDED_ON: (_("Handed on to the access managers"), None),
        CaseState.ANSWERED: (_("The access manager answered and stays"), "success"),
        CaseState.RETURNED: (_("The access manager signed in again"), "success"),
        CaseState.REPLACED: (_("The organization has another access manager"), "success"),
    }[CaseState(of)]


def alert(found: Alert) -> str:
    """A warning as a sentence."""
    match found.kind:
        case AlertKind.SHARED_PHONE:
            return _("The same telephone number stands with %(n)s TINs.", n=found.detail)
        case AlertKind.LOOK_ALIKE_DOMAIN:
            return _(
                "The e-mail address looks like the office’s, which ends in %(domain)s, and is not.", domain=found.detail
            )
        case AlertKind.RECENTLY_DECLINED:
            return _("Application %(number)s of this person or TIN was declined not long ago.", number=found.detail)
        case AlertKind.NPI_MISMATCH if not found.detail:
            return _("The NPI is none of those that the directory has for this TIN.")
        case AlertKind.NPI_MISMATCH:
            return _("The NPI belongs to somebody else: %(name)s.", name=found.detail)
        case AlertKind.HAS_MANAGERS:
            n = int(found.detail)
            return ngettext("This organization has %(n)s manager.", "This organization has %(n)s managers.", n)


def why(reason: str) -> str:
    """Why a seat takes two people of the desk."""
    return {
        Why.ALERT: _("There are alerts."),
        Why.OVERRIDE: _("The office has not confirmed it on a recorded call."),
        Why.MANAGERS_SILENT: _("The organization has access managers, who did not answer."),
        Why.MANAGER_DORMANT: _("The organization has an access manager, who knows nothing of it."),
    }[Why(reason)]


def way(of: Way) -> str:
    """How an organization was proved without a call."""
    return {
        Way.CLAIM: _("A recent claim"),
        Way.PAYMENT: _("A payment"),
        Way.MAILED_KEY: _("The key of a letter to the office"),
    }[of]


def causes() -> dict[str, str]:
    """The common causes of a refusal."""
    return {
        Cause.NOT_KNOWN: _("The applicant does not work there"),
        Cause.NOT_AGREED: _("The office does not want the applicant to manage access"),
        Cause.UNREACHABLE: _("The office cannot be reached"),
        Cause.HAS_MANAGER: _("The organization has an access manager now"),
        Cause.OTHER: _("Something else"),
    }


def conflict(slug: str, first: str) -> tuple[str, str]:
    """What stood in the way of an act: a heading, and what to do now. `first`: who decided before."""
    return {
        "already-decided": (
            _("This case was decided already"),
            _("%(name)s was first. Nothing was changed by you.", name=first),
        ),
        "already-managed": (
            _("This organization has an access manager now"),
            _(
                "Its access manager decides about new people. "
                "Refuse with that reason, so that the applicant asks there."
            ),
        ),
        "no-confirmed-call": (
            _("A confirmed call is needed first"),
            _("Record a call in which the office confirmed before you seat anybody."),
        ),
        "second-agent-needed": (
            _("This takes a second person of the desk"),
            _("Something about this case has changed meanwhile. Read it again, then ask a colleague to agree."),
        ),
        "no-answered-call": (
            _("A recorded call is needed first"),
            _("Record a call in which the access manager answered before you close this case."),
        ),
        "own-proposal": (
            _("You cannot agree to your own proposal"),
            _("A colleague decides. You can take it back."),
        ),
        "already-proposed": (
            _("A seat waits for a second person already"),
            _("Agree to it, or say why not, before something else is proposed."),
        ),
        "no-proposal": (
            _("Nothing waits for a second person any more"),
            _("It was decided or taken back meanwhile. Nothing was changed by you."),
        ),
    }.get(slug, (_("Nothing was changed"), _("The case has changed meanwhile. Read it again.")))
