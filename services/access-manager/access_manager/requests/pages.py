"""The manager's page of one request for more: give all, some, or deny with a reason. Looking never changes anything."""

from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from marshmallow import validates_schema
from sqlalchemy.orm import Session

from access_manager.approvals.doors.forms import ApproveForm, OwnWords, insist_words
from access_manager.approvals.doors.pages import settled
from access_manager.console.frame import CONSOLE, console_page
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.requests import deciding
from access_manager.requests.deciding import Verdict
from access_manager.requests.flow import REASONS, SENTENCES, State
from access_manager.requests.models import AccessRequest
from access_manager.requests.notices import PAGE
from access_manager.rules.deputies import Scope
from shared.errors import not_found
from shared.i18n import say
from shared.service import Work
from shared.web.door import actor, context, reading
from shared.web.forms import Choice, Errors, PageForm, Values, read_form
from shared.web.signin import person

blueprint = Blueprint("access_request_pages", __name__)


class DenyForm(PageForm):
    """Why not. Another reason needs words."""

    reason = Choice(options=tuple(REASONS), empty=say("Choose a reason"))
    reply = OwnWords()

    @validates_schema
    def _another_reason_needs_words(self, data: Values, **_options: object) -> None:
        insist_words(data, "reply")


@blueprint.get(f"{PAGE}/<request_id>")
@manager_page
def opened(request_id: str) -> ResponseReturnValue:
    """Show one request: to decide, or how it was decided."""
    return _page(request_id)


@blueprint.post(f"{PAGE}/<request_id>")
@manager_act
def decide(request_id: str) -> ResponseReturnValue:
    """Give the ticked functions, or deny with a reason."""
    values, errors = read_form(ApproveForm if request.form.get("verdict") == "give" else DenyForm)
    if errors:
        return _page(request_id, values, errors, status=422)
    return _decide(request_id, values)


def _decide(request_id: str, values: Values) -> ResponseReturnValue:
    def give(work: Work) -> tuple[bool, str | None]:
        organization_id = _own(work.session, request_id).organization_id
        decided = deciding.decide(work, organization_id, request_id, Verdict(**values))
        return decided.first, decided.request.decided_by

    return settled(give, partial(_page, request_id), values, f"{PAGE}/{request_id}")


def _own(session: Session, request_id: str) -> AccessRequest:
    """Return a request of an organization the person acts for; a mail's link may lead to any of them."""
    found = session.get(AccessRequest, request_id)
    if found is None:
        raise not_found()
    now = context().clock.now()
    insist_manager(session, actor(), found.organization_id, Scope.REQUESTS, now)
    return deciding.seen(session, actor(), found.organization_id, request_id, now)


def _page(
    request_id: str,
    values: Values | None = None,
    errors: Errors | None = None,
    *,
    late: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    with reading() as session:
        found = _own(session, request_id)
        organization = organizations.find(session, found.organization_id)
        names = people.names(session, [each for each in (found.account_id, found.decided_by) if each])
    typed = values or {}
    return console_page(
        "manage/more.html",
        organization,
        CONSOLE,
        status=status,
        errors=errors or {},
        values=typed,
        found=found,
        names=names,
        # Only what was asked for is offered, and of it what the organization may hold.
        boxes=boxes(
            typed.get("functions", found.functions),
            kind=organization.kind,
            contracted=organization.contracted,
            among=found.functions,
        ),
        reasons=REASONS,
        catalogue=BY_ID,
        sentence=SENTENCES[State(found.state)],
        by_me=found.decided_by == person().account_id,
        own=found.account_id == person().account_id,
        late=late,
    )
