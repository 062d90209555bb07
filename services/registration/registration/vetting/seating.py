"""Seating somebody as first access manager, once it is allowed: the case, the seat, the application, the events."""

from collections.abc import Sequence
from dataclasses import dataclass

from registration.applications import service as applications
from registration.applications.answers import OrganizationKind
from registration.applications.models import Application
from registration.directory import service as directory
from registration.directory.vault import SealedTin, TinVault
from registration.vetting import models
from registration.vetting.cases import CaseState, Ground, ProposalState
from registration.vetting.models import VettingCase
from registration.vetting.reading import CaseFile
from registration.words import words_of
from shared.errors import Problem, conflict
from shared.service import Work


@dataclass(frozen=True)
class Agent:
    """Who acts at the desk: an account of population staff, a client of the API, or the command line."""

    id: str
    name: str


@dataclass(frozen=True)
class Seat:
    """What the desk found out about the organization it seats a first manager for."""

    name: str
    kind: OrganizationKind
    functions: Sequence[str]


@dataclass(frozen=True)
class NewManager:
    """The person the office named instead of the applicant. Only the e-mail address is used to reach them, by a link
    that proves it; `mobile` (E.164 or empty) only warns of numbers that many applicants share.
    """

    display_name: str
    email: str
    mobile: str


@dataclass(frozen=True)
class Account:
    """The account of the person to be seated; `activation_url` is None where it has been opened already."""

    id: str
    activation_url: str | None


@dataclass(frozen=True)
class Another:
    """Somebody else than the applicant, with the account identity made for them."""

    person: NewManager
    account: Account


def seat_now(work: Work, vault: TinVault, found: CaseFile, agent: Agent, asked: Seat, another: Another | None) -> str:
    """Seat the applicant or the other person; return the organization's id. Who may do so was checked before.

    Raises 409 `already-decided` (naming who was first) or `already-managed`.
    """
    close(work, found, CaseState.SEATED, agent)
    sealed = _sealed(vault, found)
    organization_id = _seat_of(work, found, sealed, asked)
    found.case.organization_id = organization_id
    if another is None:
        _approve(work, found, organization_id, asked)
    else:
        _seat_another(work, found, organization_id, asked, another)
    organization = {
        "id": organization_id,
        "name": asked.name,
        "kind": str(asked.kind),
        "contracted": found.contracted,
        "tin_last4": sealed.last4 if sealed else None,
    }
    tell_outcome(work, found, "seated", organization=organization, functions=list(asked.functions), another=another)
    after = {**organization, "of": list(asked.functions), "another": another is not None}
    work.audit("vetting.seated", target=found.case.id, organization=organization_id, after=after)
    return organization_id


def close(work: Work, found: CaseFile, state: CaseState, agent: Agent, reason: str | None = None) -> None:
    """Decide an open case, and end a proposal nobody decided; raises 409 `already-decided`."""
    facts = {"decided_at": work.now, "decided_by": agent.id, "decided_by_name": agent.name, "reason": reason}
    won = models.decide(work.session, found.case.id, state, **facts)
    work.session.refresh(found.case)
    if not won:
        raise too_late(found.case)
    models.close_proposal(work.session, found.case.id, ProposalState.OVERTAKEN, decided_at=work.now)


def too_late(case: VettingCase) -> Problem:
    """The 409 that names who was first."""
    return conflict(
        "already-decided",
        f"{case.decided_by_name or 'The applicant'} was first: this case is {case.state}.",
        state=case.state,
        decided_by=case.decided_by_name,
        decided_at=case.decided_at.isoformat().replace("+00:00", "Z") if case.decided_at else None,
    )


def tell_outcome(
    work: Work,
    found: CaseFile,
    outcome: str,
    *,
    organization: dict[str, object] | None = None,
    functions: Sequence[str] = (),
    another: Another | None = None,
    reason: str | None = None,
) -> None:
    """Publish `vetting.completed`. It tells contacts as proved, so another person's mobile is not among them."""
    data = {
        "case_id": found.case.id,
        "application_id": found.case.application_id,
        "account_id": another.account.id if another else found.insist_applicant().account_id,
        "outcome": outcome,
        "organization": organization,
        "person": _contact(another.person) if another else _applicant(found.insist_applicant()),
        "functions": list(functions),
        "reason": reason,
    }
    work.publish("vetting.completed", subject=found.case.id, sequence=found.case.version, data=data)


def _contact(person: NewManager) -> dict[str, object]:
    return {"display_name": person.display_name, "email": person.email, "mobile": None}


def _applicant(application: Application) -> dict[str, object]:
    return {"display_name": application.display_name, "email": application.email, "mobile": application.mobile}


def _sealed(vault: TinVault, found: CaseFile) -> SealedTin | None:
    holder = found.application or found.organization
    if holder is None or holder.tin_box is None or holder.tin_index is None:
        return None
    return SealedTin(holder.tin_box, holder.tin_index, vault.last4(holder.tin_box))


def _seat_of(work: Work, found: CaseFile, sealed: SealedTin | None, asked: Seat) -> str:
    """The organization whose seat is given. Where managers stay silent or away one more manager joins them."""
    if found.case.ground == Ground.MANAGER_DORMANT and found.case.organization_id:
        return found.case.organization_id
    if found.case.ground == Ground.MANAGERS_SILENT and found.application and found.application.organization_id:
        return found.application.organization_id
    organization_id = directory.seat(work, sealed, name=asked.name, contracted=found.contracted)
    if organization_id is None:
        raise conflict(
            "already-managed",
            "This organization has an access manager now, who decides about new people. Refuse with that reason.",
        )
    return organization_id


def _approve(work: Work, found: CaseFile, organization_id: str, asked: Seat) -> None:
    application_id, functions = found.insist_applicant().id, list(asked.functions)
    if not applications.approve(work, application_id, functions=functions, organization_id=organization_id):
        raise conflict("already-decided", "The application is no longer waiting: it was decided or withdrawn.")


def _seat_another(work: Work, found: CaseFile, organization_id: str, asked: Seat, another: Another) -> None:
    """The applicant's request stays open for the new manager: `manager.changed` sends it on."""
    found.case.seated_name = another.person.display_name
    if found.application is not None:
        found.application.organization_id = organization_id
    work.session.flush()
    _invite(work, found, asked, another)


def _invite(work: Work, found: CaseFile, asked: Seat, another: Another) -> None:
    t = words_of(found.language)
    brand = work.context.settings.brand
    subject = t.gettext("You manage access for %(organization)s", organization=asked.name)
    if another.account.activation_url is None:
        text = t.gettext(
            "Your office named you to the support desk of %(brand)s: you are now access manager of %(organization)s."
            "\n\nSign in:\n%(url)s",
            brand=brand,
            organization=asked.name,
            url=f"{work.context.settings.public_url}/login",
        )
    else:
        text = t.gettext(
            "Your office named you to the support desk of %(brand)s: you are now access manager of %(organization)s."
            "\n\nChoose a user ID and a password here. The link is for you alone:\n%(url)s\n\n"
            "If you know nothing of this, do not open the link and call your office.",
            brand=brand,
            organization=asked.name,
            url=another.account.activation_url,
        )
    work.mail(another.person.email, subject, text, key=f"seated:{found.case.id}")
