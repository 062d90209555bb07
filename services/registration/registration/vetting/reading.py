"""What the desk sees: one case with all that belongs to it, and the queue. Reads only."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from registration.applications import models as application_models
from registration.applications.models import Application
from registration.directory import models as directory_models
from registration.directory.models import DirectoryEntry, Organization
from registration.evidence import service as evidence
from registration.evidence.service import Verified
from registration.vetting import cases, gathering, models
from registration.vetting.alerts import Alert, Facts, alerts_of
from registration.vetting.cases import CaseState, Ground, NextCall, ProposalState, Why
from registration.vetting.models import Proposal, VettingCall, VettingCase
from shared.errors import conflict, not_found

Row = TypeVar("Row", VettingCall, Proposal)
_LOOKED_THROUGH = 1000  # open cases that a filter by alerts computes them for; the most urgent come first


@dataclass(frozen=True)
class CaseFile:
    """Everything the desk sees of one case. The number to call comes from the directory entry, nowhere else.

    `application` is None where the case is about a manager who stopped signing in; `organization` is theirs, None for
    all other cases. `calls` and `proposals` are the newest first; `managers` is how many the organization has.
    """

    case: VettingCase
    application: Application | None
    organization: Organization | None
    entry: DirectoryEntry | None
    calls: Sequence[VettingCall]
    proposals: Sequence[Proposal]
    verified: Sequence[Verified]
    alerts: Sequence[Alert]
    managers: int

    @property
    def person_name(self) -> str | None:
        """Whom the case is about: the applicant, or the manager, as far as we were told their name."""
        return self.application.display_name if self.application else self.case.manager_name

    @property
    def account_id(self) -> str | None:
        """The account of whom the case is about."""
        return self.application.account_id if self.application else self.case.manager_account

    @property
    def organization_name(self) -> str | None:
        """What the directory calls the organization, else the suite, else the applicant."""
        if self.entry is not None:
            return self.entry.name
        return self.application.organization_name if self.application else self.known_name

    @property
    def known_name(self) -> str | None:
        """What the suite calls the organization of a manager who stopped signing in."""
        return self.organization.name or None if self.organization else None

    @property
    def tin_box(self) -> str | None:
        """The sealed TIN; None where there is none."""
        holder = self.application or self.organization
        return holder.tin_box if holder else None

    @property
    def language(self) -> str:
        """The language of whom the case is about; of managers we were told none."""
        return self.application.language if self.application else "en"

    @property
    def contracted(self) -> bool:
        """What the directory says; unknown counts as not contracted, which withholds rather than grants."""
        return self.entry is not None and self.entry.contracted

    @property
    def open(self) -> bool:
        """Whether the case waits for its decision."""
        return self.case.state == CaseState.OPEN

    @property
    def may_seat(self) -> bool:
        """Whether there is an applicant, who is proved: by a call in which the office confirmed, or by evidence."""
        proved = bool(self.verified) or cases.confirmed([call.facts() for call in self.calls])
        return self.open and self.application is not None and proved

    @property
    def may_close_answered(self) -> bool:
        """Whether the manager who stopped signing in answered a recorded call."""
        asked = self.open and self.application is None
        return asked and cases.answered([call.facts() for call in self.calls])

    @property
    def may_name_another(self) -> bool:
        """Whether the office named another person on a recorded call."""
        return self.open and cases.named_another([call.facts() for call in self.calls])

    @property
    def why_second(self) -> tuple[Why, ...]:
        """Why seating the applicant takes two agents; empty where it does not, or where the case is over."""
        return self.why_two(self.alerts, proved=self.may_seat)

    @property
    def needs_second(self) -> bool:
        """Whether seating the applicant takes two agents."""
        return bool(self.why_second)

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that waits for a second agent."""
        return next((each for each in self.proposals if each.state == ProposalState.OPEN), None)

    @property
    def next_call(self) -> NextCall | None:
        """When to call next; None where nothing is to be called for."""
        waits = self.open and (self.case.next_call_at is not None or self.case.letter)
        return NextCall(self.case.next_call_at, self.case.letter) if waits else None

    def insist_applicant(self) -> Application:
        """Return the application that an act needs; raises 409 `no-application` where there is none to act on."""
        if self.application is None:
            raise conflict("no-application", "Nobody applied: this case is about a manager who stopped signing in.")
        return self.application

    def why_two(self, alerts: Sequence[Alert], *, proved: bool) -> tuple[Why, ...]:
        """Why a seat under these alerts takes two agents."""
        return cases.second_needed(Ground(self.case.ground), alerted=bool(alerts), proved=proved) if self.open else ()


@dataclass(frozen=True)
class QueueFilter:
    """What to show of the open cases, the most urgent first; `now` is needed by `overdue` and `call_due`.

    `second`: a proposal waits for a colleague. `agent_id`: cases in which that agent called or proposed.
    """

    now: datetime | None = None
    ground: Ground | None = None
    overdue: bool = False
    call_due: bool = False
    alerts: bool = False
    second: bool = False
    agent_id: str | None = None
    size: int = 25
    page: int = 1


@dataclass(frozen=True)
class Queue:
    """One page of the queue; `total` counts all that match."""

    files: list[CaseFile]
    total: int
    page: int
    pages: int


def read_file(session: Session, case_id: str) -> CaseFile:
    """One case with all that belongs to it; raises 404."""
    case = session.get(VettingCase, case_id)
    if case is None:
        raise not_found()
    return _files(session, [case])[0]


def of_number(session: Session, number: str) -> tuple[Application, str | None] | None:
    """The application with this number, and the id of its case where it has one, open or over."""
    application = session.scalar(select(Application).where(Application.number == number))
    if application is None:
        return None
    case = models.of_application(session, application.id)
    return application, case.id if case else None


def beside(session: Session, application: Application) -> list[tuple[Application, str | None]]:
    """The other requests that were handed in together with one, each with the id of its case where it has one."""
    if application.batch is None:
        return []
    others = [each for each in application_models.of_batch(session, application.batch) if each.id != application.id]
    chosen = select(VettingCase).where(VettingCase.application_id.in_([each.id for each in others]))
    found = {case.application_id: case.id for case in session.scalars(chosen)}
    return [(each, found.get(each.id)) for each in others]


def queue(session: Session, wanted: QueueFilter | None = None) -> Queue:
    """A page of the open cases by due date, in a bounded number of queries however many there are."""
    asked = wanted or QueueFilter()
    conditions = _conditions(asked)
    start = (asked.page - 1) * asked.size
    chosen = select(VettingCase).where(*conditions).order_by(VettingCase.due_at, VettingCase.id)
    if asked.alerts:
        alerted = [
            file for file in _files(session, session.scalars(chosen.limit(_LOOKED_THROUGH)).all()) if file.alerts
        ]
        return _page(asked, alerted[start : start + asked.size], len(alerted))
    total = session.scalar(select(func.count()).select_from(VettingCase).where(*conditions)) or 0
    found = session.scalars(chosen.limit(asked.size).offset(start)).all()
    return _page(asked, _files(session, found), total)


def _page(asked: QueueFilter, files: list[CaseFile], total: int) -> Queue:
    return Queue(files, total, asked.page, max(1, math.ceil(total / asked.size)))


def _conditions(asked: QueueFilter) -> list[ColumnElement[bool]]:
    found = [VettingCase.state == CaseState.OPEN]
    waiting = Proposal.open_case == VettingCase.id
    if asked.ground is not None:
        found.append(VettingCase.ground == asked.ground)
    if asked.overdue:
        found.append(VettingCase.due_at < asked.now)
    if asked.call_due:
        found.append(VettingCase.next_call_at <= asked.now)
    if asked.second:
        found.append(select(Proposal.id).where(waiting).exists())
    if asked.agent_id is not None:
        called = select(VettingCall.id).where(
            VettingCall.case_id == VettingCase.id, VettingCall.agent_id == asked.agent_id
        )
        proposed = select(Proposal.id).where(waiting, Proposal.proposed_by == asked.agent_id)
        found.append(or_(called.exists(), proposed.exists()))
    return found


def _files(session: Session, found: Sequence[VettingCase]) -> list[CaseFile]:
    ids = [case.id for case in found]
    applying = application_models.of_ids(session, [case.application_id for case in found if case.application_id])
    organizations = _organizations(session, found)
    holders: list[Application | Organization] = [*applying.values(), *organizations.values()]
    entries = directory_models.entries_of(session, [each.tin_index for each in holders if each.tin_index])
    calls = _by_case(models.calls_of(session, ids))
    proposals = _by_case(models.proposals_of(session, ids))
    verified = evidence.verified_of(session, list(applying))
    facts = gathering.facts_of(session, list(applying.values()), entries)
    offices = gathering.facts_of_offices(session, organizations.values(), entries)
    files = []
    for case in found:
        application, organization = applying.get(case.application_id or ""), organizations.get(case.id)
        holder = application or organization
        known = facts[application.id] if application else offices.get(organization.id if organization else "", Facts())
        files.append(
            CaseFile(
                case,
                application,
                organization,
                entries.get(holder.tin_index or "") if holder else None,
                calls.get(case.id, []),
                proposals.get(case.id, []),
                verified.get(application.id, ()) if application else (),
                alerts_of(known),
                known.managers if application or organization is None else organization.manager_count,
            )
        )
    return files


def _organizations(session: Session, found: Sequence[VettingCase]) -> dict[str, Organization]:
    """The organizations of cases without an application, by case; one that nobody told of yet is left out."""
    about = {case.id: case.organization_id for case in found if case.application_id is None}
    chosen = select(Organization).where(Organization.id.in_(set(about.values())))
    known = {each.id: each for each in session.scalars(chosen)} if about else {}
    return {case_id: known[identifier] for case_id, identifier in about.items() if identifier in known}


def _by_case(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found
