"""Use cases around submission: submit once, whoever calls first; attach, apply again, withdraw."""

from registration.applications import letters, models
from registration.applications import service as applications
from registration.applications.answers import IdentityType
from registration.applications.models import Application
from registration.applications.states import Act, State
from registration.contacts.hasher import ContactHasher
from registration.directory import service as directory
from registration.directory.service import TinFacts
from registration.submission import people, reasons, routing
from registration.submission.routing import DirectoryFacts, OrganizationFacts, Route, Routing
from registration.vetting import business_days
from registration.vetting import service as vetting
from registration.vetting.cases import Ground
from shared.errors import not_found
from shared.service import Work

# What somebody who applies again is not asked again. Codes proved these very contacts.
_KNOWN = (
    *("language", "identity_type", "organization_name", "has_tin", "tin_box", "tin_index", "npi"),
    *("organization_kind", "lines", "display_name", "email", "email_key", "mobile", "mobile_typed"),
    *("email_proved_at", "mobile_proved_at", "profile", "functions"),
)


def submit(work: Work, application_id: str, account_id: str) -> bool:
    """Submit an application whose account is open, once; it becomes one request per organization it names.

    Run by the page the browser returns to and by the `account.opened` handler, in any order and any
    number of times: one guarded UPDATE decides whose turn it is. False when there is nothing to do.
    """
    waiting = hand_in(work, application_id, account_id)
    for each in waiting:
        route(work, each)
    return bool(waiting)


def hand_in(work: Work, application_id: str, account_id: str) -> list[str]:
    """The first half of `submit`; return the requests that `route` is to pass on, none where there is nothing to do.

    What happens here is the same whatever the TIN is (M19).
    """
    if not _hand_in(work, application_id, account_id):
        return []
    first = applications.current(work, application_id)
    people.let_go(work, first)
    requests = applications.requests_of(work, first)
    for each in requests[1:]:
        _hand_in(work, each.id, account_id)
    sent = [applications.current(work, each.id) for each in requests]
    letters.tell_submitted(work, sent)
    return [each.id for each in sent]


def route(work: Work, application_id: str) -> bool:
    """The other half: decide whose turn a request is, and pass it on, once; False where somebody did, or withdrew."""
    application = applications.current(work, application_id)
    known = directory.facts(work, application.tin_index)
    decided = _route(application, known)
    if not models.take_route(work.session, application_id, decided.route, decided.organization_id):
        return False
    application = applications.current(work, application_id)
    work.audit("application.submitted", target=application.id, after={"route": decided.route})
    _send(work, application, known, decided)
    return True


def attach(work: Work, application_id: str, account_id: str) -> list[str]:
    """Hand an application in under the account its applicant signed in with; return what `hand_in` returns.

    Raises 404 where it is not theirs.
    """
    application = applications.current(work, application_id)
    if people.known_account(work.session, application) != account_id:
        raise not_found()
    applications.keep_account(work, application_id, account_id)
    return hand_in(work, application_id, account_id)


def begin_again(work: Work, hasher: ContactHasher, earlier: Application, account_id: str) -> str:
    """Open a new application with what an earlier one of the same account says; return the secret for the cookie.

    The earlier one stays as it is: history keeps both.
    """
    application, secret = applications.begin(work, hasher, earlier.language)
    for name in _KNOWN:
        setattr(application, name, getattr(earlier, name))
    application.applicant_account, application.state = account_id, State.CONTACT_PROVED
    work.session.flush()
    work.audit("application.begun_again", target=application.id, after={"earlier": earlier.id})
    return secret


def withdraw(work: Work, application_id: str, account_id: str) -> bool:
    """Take an application back for its own applicant; False when it is past withdrawing. Raises 404."""
    application = applications.current(work, application_id)
    if application.account_id != account_id:
        raise not_found()
    vetting.close_withdrawn(work, application_id)  # the case first, like the desk, or the two wait for each other
    if not models.move(work.session, application_id, Act.WITHDRAW, decided_at=work.now):
        return False
    application = applications.current(work, application_id)
    work.publish(
        "application.withdrawn",
        subject=application_id,
        sequence=application.version,
        data={
            "application_id": application_id,
            "account_id": account_id,
            "organization_id": application.organization_id,
            "withdrawn_at": work.now,
        },
    )
    work.audit("application.withdrawn", target=application_id)
    letters.tell_withdrawn(work, application)
    return True


def announce(work: Work, application: Application, known: TinFacts) -> None:
    """Tell that a request waits, whole, as it stands in the database now; `known` is what the directory says."""
    due_at = application.due_at or work.now
    work.publish(
        "user.registered",
        subject=application.id,
        sequence=application.version,
        data={
            "application_id": application.id,
            "account_id": application.account_id,
            "person": {
                "display_name": application.display_name,
                "email": application.email,
                "mobile": application.mobile,
            },
            "kind": IdentityType(application.identity_type or "").kind,
            "organization_id": application.organization_id,
            "organization_name": known.entry.name if known.entry else application.organization_name,
            "organization_kind": application.organization_kind,
            "lines_of_business": application.lines,
            "route": application.route,
            "functions": application.functions or [],
            "profile": application.profile,
            "submitted_at": application.submitted_at,
            "due_at": due_at,
            "remind_at": list(routing.reminders(work.now, due_at)),
        },
    )


def _hand_in(work: Work, application_id: str, account_id: str) -> bool:
    facts = {"submitted_at": work.now, "due_at": business_days.due_at(work.now), "account_id": account_id}
    return models.move(work.session, application_id, Act.SUBMIT, **facts)


def _send(work: Work, application: Application, known: TinFacts, decided: Routing) -> None:
    if decided.route is Route.REFUSED and decided.ground is not None:
        applications.deny(work, application.id, reason_code=decided.ground, reason=reasons.BY_RULE[decided.ground])
        return
    if decided.route is Route.VETTING:
        models.move(work.session, application.id, Act.VET)
        application = applications.current(work, application.id)
        ground = Ground.FIRST_PERSON if application.has_tin else Ground.NO_TIN
        vetting.open_case(work, application, application.due_at or work.now, ground)
    announce(work, application, known)


def _route(application: Application, known: TinFacts) -> Routing:
    entry, organization = known.entry, known.organization
    return routing.route(
        has_tin=bool(application.has_tin),
        entry=DirectoryFacts(entry.contracted, entry.claim_submitted) if entry else None,
        organization=OrganizationFacts(organization.id, organization.manager_count) if organization else None,
    )
