"""Use cases around a manager who stays away: open the case, let it end by itself, close it because they answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from registration.vetting import business_days, cases, seating
from registration.vetting import models as case_models
from registration.vetting import service as vetting
from registration.vetting.cases import CaseState, Ground, ProposalState
from registration.vetting.dormant import models, rules
from registration.vetting.models import VettingCase
from registration.vetting.seating import Agent
from shared.errors import conflict
from shared.service import Work


@dataclass(frozen=True)
class Sleeper:
    """The only manager of an organization: who it is, and when they signed in last, None where nobody knows of it."""

    account_id: str
    name: str | None
    seen_at: datetime | None


def stays_away(work: Work, organization_id: str, sequence: int, manager: Sleeper) -> None:
    """Open the one case of the organization, unless newer news say that it is not needed, or it is open already."""
    if not models.note_dormancy(work.session, organization_id, sequence, manager.account_id):
        return
    _settle(work, organization_id)
    dark = rules.dark(models.known(work.session, organization_id))
    if dark and case_models.open_about(work.session, organization_id) is None:
        _open(work, organization_id, manager)


def came_back(work: Work, organization_id: str, sequence: int) -> None:
    """End the case of an organization whose manager has signed in again."""
    if models.note_dormancy(work.session, organization_id, sequence, None):
        _settle(work, organization_id)


def managers_are(work: Work, organization_id: str, sequence: int, managers: Sequence[str]) -> None:
    """End the case of an organization that has another manager now; where nobody is left, the desk keeps it."""
    if models.note_managers(work.session, organization_id, sequence, managers):
        _settle(work, organization_id)


def close_answered(work: Work, case_id: str, agent: Agent) -> None:
    """Close a case because the manager answered a call and stays.

    Raises 404, and 409 `already-decided`, `has-application` or `no-answered-call`.
    """
    if not case_models.hold(work.session, case_id):
        raise seating.too_late(vetting.read_file(work.session, case_id).case)
    found = vetting.read_file(work.session, case_id)
    if found.application is not None:
        raise conflict("has-application", "Somebody applied: seat them, or refuse with a reason.")
    if not found.may_close_answered:
        raise conflict("no-answered-call", "Record a call in which the access manager answered before you close this.")
    seating.close(work, found, CaseState.ANSWERED, agent)
    work.audit("vetting.answered", target=case_id, organization=found.case.organization_id)


def _open(work: Work, organization_id: str, manager: Sleeper) -> None:
    case = VettingCase(
        id=work.ids.new("case"),
        application_id=None,
        state=CaseState.OPEN,
        ground=Ground.MANAGER_DORMANT,
        opened_at=work.now,
        due_at=business_days.due_at(work.now),
        next_call_at=cases.first_call(work.now).at,
        organization_id=organization_id,
        open_for=organization_id,
        manager_account=manager.account_id,
        manager_name=manager.name,
        manager_seen_at=manager.seen_at,
    )
    work.session.add(case)
    work.session.flush()
    vetting.announce(work, "vetting.required", case, manager.account_id)
    after = {"ground": case.ground, "due_at": case.due_at.isoformat()}
    work.audit("vetting.opened", target=case.id, organization=organization_id, after=after)


def _settle(work: Work, organization_id: str) -> None:
    """End the open case by itself where what is known now says so. The news first, then the case, in every path."""
    case = case_models.open_about(work.session, organization_id)
    state = rules.ended(models.known(work.session, organization_id), case.manager_account or "") if case else None
    if case is None or state is None:
        return
    if case_models.decide(work.session, case.id, state, decided_at=work.now):
        case_models.close_proposal(work.session, case.id, ProposalState.OVERTAKEN, decided_at=work.now)
        work.session.refresh(case)
        work.audit(f"vetting.{state}", target=case.id, organization=organization_id)
