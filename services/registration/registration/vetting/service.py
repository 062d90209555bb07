"""Use cases of the desk: open a case, record a call, seat the applicant or refuse, announce what is overdue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from registration.applications import models as application_models
from registration.applications import service as applications
from registration.applications.models import Application
from registration.directory import models as directory_models
from registration.directory import service as directory
from registration.directory.models import DirectoryEntry
from registration.directory.vault import SealedTin, TinVault
from registration.vetting import cases, models
from registration.vetting.cases import CallFacts, CaseState, Evidence, OrganizationKind
from registration.vetting.models import VettingCall, VettingCase
from shared.errors import conflict, not_found
from shared.service import Work


@dataclass(frozen=True)
class Agent:
    """Who acts at the desk: an account of population staff, or a client of the API."""

    id: str
    name: str


@dataclass(frozen=True)
class CallRecord:
    """A call as it is recorded."""

    facts: CallFacts
    number_called: str
    note: str


@dataclass(frozen=True)
class Seat:
    """What the desk found out about the organization it seats a first manager for."""

    name: str
    kind: OrganizationKind
    functions: Sequence[str]


@dataclass(frozen=True)
class CaseFile:
    """Everything the desk sees of one case. The number to call comes from the directory entry, nowhere else."""

    case: VettingCase
    application: Application
    entry: DirectoryEntry | None
    calls: list[VettingCall]

    @property
    def may_seat(self) -> bool:
        """Whether the rules allow to seat the applicant now."""
        return self.case.state == CaseState.OPEN and cases.may_seat([call.facts() for call in self.calls])

    @property
    def contracted(self) -> bool:
        """What the directory says; unknown counts as not contracted, which withholds rather than grants."""
        return self.entry is not None and self.entry.contracted


def open_case(work: Work, application: Application, due_at: datetime) -> VettingCase:
    """Open the one case of an application and announce it."""
    case = VettingCase(
        id=work.ids.new("case"),
        application_id=application.id,
        state=CaseState.OPEN,
        version=1,
        opened_at=work.now,
        due_at=due_at,
    )
    work.session.add(case)
    work.session.flush()
    _announce(work, "vetting.required", case, application)
    work.audit("vetting.opened", target=case.id, after={"application_id": application.id, "due_at": _text(due_at)})
    return case


def read_file(session: Session, case_id: str) -> CaseFile:
    """One case with all that belongs to it; raises 404."""
    case = session.get(VettingCase, case_id)
    application = session.get(Application, case.application_id) if case else None
    if case is None or application is None:
        raise not_found()
    index = application.tin_index or ""
    return CaseFile(
        case,
        application,
        directory_models.entry_of(session, index),
        models.calls_of(session, [case_id]),
    )


def queue(session: Session) -> list[CaseFile]:
    """The open cases by due date, in four queries however many there are."""
    found = models.open_cases(session)
    applying = application_models.of_ids(session, [case.application_id for case in found])
    entries = directory_models.entries_of(session, [each.tin_index for each in applying.values() if each.tin_index])
    calls: dict[str, list[VettingCall]] = {}
    for call in models.calls_of(session, [case.id for case in found]):
        calls.setdefault(call.case_id, []).append(call)
    files = []
    for case in found:
        application = applying[case.application_id]
        files.append(CaseFile(case, application, entries.get(application.tin_index or ""), calls.get(case.id, [])))
    return files


def record_call(work: Work, case_id: str, agent: Agent, record: CallRecord) -> VettingCall:
    """Write a call into the log of an open case. The caller has checked `cases.fault_of`; raises 404 or 409."""
    found = read_file(work.session, case_id)
    if found.case.state != CaseState.OPEN:
        raise _too_late(found.case)
    call = VettingCall(
        id=work.ids.new("call"),
        case_id=case_id,
        called_at=work.now,
        agent_id=agent.id,
        agent_name=agent.name,
        # What the directory says wins over what was typed: the agent was shown that number.
        number_called=(found.entry.phone if found.entry and found.entry.phone else record.number_called),
        outcome=record.facts.outcome,
        spoke_to=record.facts.spoke_to,
        evidence=[str(each) for each in Evidence if each in record.facts.evidence],
        note=record.note,
    )
    work.session.add(call)
    work.session.flush()
    after = {"call_id": call.id, "outcome": call.outcome, "evidence": call.evidence}
    work.audit("vetting.call_recorded", target=case_id, after=after)
    return call


def seat(work: Work, vault: TinVault, case_id: str, agent: Agent, asked: Seat) -> str:
    """Seat the applicant as first access manager; return the organization's id.

    Raises 409 `no-confirmed-call`, `already-decided` (naming who was first) or `already-managed`.
    """
    found = read_file(work.session, case_id)
    if found.case.state == CaseState.OPEN and not found.may_seat:
        raise conflict("no-confirmed-call", "Record a call in which the office confirmed before you seat anybody.")
    _decide(work, found, CaseState.SEATED, agent)
    application = found.application
    sealed = _sealed(vault, application)
    organization_id = directory.seat(work, sealed, name=asked.name, contracted=found.contracted)
    if organization_id is None:
        raise conflict(
            "already-managed",
            "This organization has an access manager now, who decides about new people. Refuse with that reason.",
        )
    found.case.organization_id = organization_id
    functions = list(asked.functions)
    if not applications.approve(work, application.id, functions=functions, organization_id=organization_id):
        raise conflict("already-decided", "The application is no longer waiting: it was decided or withdrawn.")
    organization = {
        "id": organization_id,
        "name": asked.name,
        "kind": str(asked.kind),
        "contracted": found.contracted,
        "tin_last4": sealed.last4 if sealed else None,
    }
    _complete(work, found, "seated", organization, functions, None)
    work.audit("vetting.seated", target=case_id, organization=organization_id, after={**organization, "of": functions})
    return organization_id


def refuse(work: Work, case_id: str, agent: Agent, reason: str) -> None:
    """Refuse the application with a reason the applicant reads. Raises 409 `already-decided`."""
    found = read_file(work.session, case_id)
    _decide(work, found, CaseState.REFUSED, agent, reason=reason)
    if not applications.deny(work, found.application.id, reason_code="desk_refused", reason=reason):
        raise conflict("already-decided", "The application is no longer waiting: it was decided or withdrawn.")
    _complete(work, found, "refused", None, [], reason)
    work.audit("vetting.refused", target=case_id, reason=reason)


def close_withdrawn(work: Work, application_id: str) -> None:
    """Close the case of a withdrawn application; a case decided meanwhile stays decided."""
    case = models.of_application(work.session, application_id)
    if case and models.decide(work.session, case.id, CaseState.WITHDRAWN, decided_at=work.now):
        work.audit("vetting.withdrawn", target=case.id)


def announce_overdue(work: Work, case_id: str) -> bool:
    """Announce once that a case has passed its due date."""
    if not models.mark_overdue(work.session, case_id, work.now):
        return False
    found = read_file(work.session, case_id)
    work.session.refresh(found.case)
    _announce(work, "vetting.overdue", found.case, found.application)
    work.audit("vetting.overdue", target=case_id)
    return True


def _decide(work: Work, found: CaseFile, state: CaseState, agent: Agent, *, reason: str | None = None) -> None:
    won = models.decide(
        work.session,
        found.case.id,
        state,
        decided_at=work.now,
        decided_by=agent.id,
        decided_by_name=agent.name,
        reason=reason,
    )
    work.session.refresh(found.case)
    if not won:
        raise _too_late(found.case)


def _too_late(case: VettingCase) -> Exception:
    return conflict(
        "already-decided",
        f"{case.decided_by_name or 'The applicant'} was first: this case is {case.state}.",
        state=case.state,
        decided_by=case.decided_by_name,
        decided_at=_text(case.decided_at) if case.decided_at else None,
    )


def _sealed(vault: TinVault, application: Application) -> SealedTin | None:
    if application.tin_box is None or application.tin_index is None:
        return None
    return SealedTin(application.tin_box, application.tin_index, vault.last4(application.tin_box))


def _complete(
    work: Work,
    found: CaseFile,
    outcome: str,
    organization: dict[str, object] | None,
    functions: list[str],
    reason: str | None,
) -> None:
    application = found.application
    work.publish(
        "vetting.completed",
        subject=found.case.id,
        sequence=found.case.version,
        data={
            "case_id": found.case.id,
            "application_id": application.id,
            "account_id": application.account_id,
            "outcome": outcome,
            "organization": organization,
            "person": {
                "display_name": application.display_name,
                "email": application.email,
                "mobile": application.mobile,
            },
            "functions": functions,
            "reason": reason,
        },
    )


def _announce(work: Work, kind: str, case: VettingCase, application: Application) -> None:
    work.publish(
        kind,
        subject=case.id,
        sequence=case.version,
        data={
            "case_id": case.id,
            "application_id": application.id,
            "account_id": application.account_id,
            "due_at": case.due_at,
        },
    )


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
