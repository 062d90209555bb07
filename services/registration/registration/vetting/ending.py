"""Cases that end because their application is decided elsewhere, or taken back.

Whoever decides takes the case first and the application after it, so that no two wait for each other. Whoever opens a
case has the application first, because there is no case yet: hence the second look here.
"""

from sqlalchemy.orm import Session

from registration.applications import models as applications
from registration.vetting import models
from registration.vetting.cases import CaseState, ProposalState
from shared.service import Work


class _OpenedMeanwhileError(Exception):
    """Leads out of a savepoint, which lets go of what was taken in it."""


def hand_on(work: Work, application_id: str) -> None:
    """Close the open case of an application whose organization has a manager now; else change nothing."""
    _end(work, application_id, CaseState.HANDED_ON, "vetting.handed_on")


def close_withdrawn(work: Work, application_id: str) -> None:
    """Close the case of a withdrawn application; a case decided meanwhile stays decided."""
    _end(work, application_id, CaseState.WITHDRAWN, "vetting.withdrawn")


def _end(work: Work, application_id: str, state: CaseState, action: str) -> None:
    case_id = models.open_of(work.session, application_id) or _just_opened(work.session, application_id)
    if case_id and models.decide(work.session, case_id, state, decided_at=work.now):
        models.close_proposal(work.session, case_id, ProposalState.OVERTAKEN, decided_at=work.now)
        work.audit(action, target=case_id)


def _just_opened(session: Session, application_id: str) -> str | None:
    """The case that a rival opens this very moment, as where managers decide when their time ends.

    We take the application as whoever opens one does; after that none can be opened. Where one was, we let go again.
    """
    try:
        with session.begin_nested():
            applications.hold(session, application_id)
            if models.open_of(session, application_id):
                raise _OpenedMeanwhileError
    except _OpenedMeanwhileError:
        return models.open_of(session, application_id)
    return None
