"""The page door of approvals: one request to join, with its decision. Looking never changes anything."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from access_manager.approvals import service
from access_manager.approvals.doors.forms import ApproveForm, DenyForm
from access_manager.approvals.flow import DENIAL_REASONS, KINDS, SENTENCES, State
from access_manager.approvals.models import Approval
from access_manager.approvals.service import Verdict
from access_manager.console.frame import CONSOLE, console_page
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID, PROFILES
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.rules.deputies import Scope
from shared.errors import Problem, not_found
from shared.service import Work
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("approval_pages", __name__)
REQUESTS = f"{CONSOLE}/requests"


@blueprint.get(f"{REQUESTS}/<approval_id>")
@manager_page
def opened(approval_id: str) -> ResponseReturnValue:
    """Show one request: to decide, or how it was decided."""
    return _request_page(approval_id)


@blueprint.post(f"{REQUESTS}/<approval_id>")
@manager_act
def decide(approval_id: str) -> ResponseReturnValue:
    """Approve with the ticked functions, or deny with a reason."""
    approve = request.form.get("verdict") == "approve"
    values, errors = read_form(ApproveForm if approve else DenyForm)
    if errors:
        return _request_page(approval_id, values, errors, status=422)
    return _decide(approval_id, Verdict(approve, **values), values)


def _decide(approval_id: str, verdict: Verdict, values: Values) -> ResponseReturnValue:
    def give(work: Work) -> tuple[bool, str | None]:
        organization_id = _own(work.session, approval_id).organization_id
        decided = service.decide(work, organization_id, approval_id, verdict)
        return decided.first, decided.approval.decided_by

    return settled(give, partial(_request_page, approval_id), values, f"{REQUESTS}/{approval_id}")


def settled(
    decide: Callable[[Work], tuple[bool, str | None]],
    page_of: Callable[..., ResponseReturnValue],
    values: Values,
    address: str,
) -> ResponseReturnValue:
    """Decide about a request, of either kind, and lead to its page; or show it again with why not, or who was first.

    `decide` returns whether it was the first decision, and who made the one that counts.
    """
    try:
        with transaction() as work:
            first, decided_by = decide(work)
    except Problem as problem:
        if problem.status == 404:
            raise
        return page_of(values, {"functions": gettext(problem.detail)}, status=problem.status)
    # Whoever pressed the button twice sees what they decided, like after the first time.
    if not first and decided_by != person().account_id:
        return page_of(late=True, status=409)
    return redirect(address, 303)


def _own(session: Session, approval_id: str) -> Approval:
    """Return an approval of an organization the person acts for; a mail's link may lead to any of them."""
    found = session.get(Approval, approval_id)
    if found is None:
        raise not_found()
    now = context().clock.now()
    insist_manager(session, actor(), found.organization_id, Scope.REQUESTS, now)
    return service.seen(session, actor(), found.organization_id, approval_id, now)


def _request_page(
    approval_id: str,
    values: Values | None = None,
    errors: Errors | None = None,
    *,
    late: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    with reading() as session:
        found = _own(session, approval_id)
        organization = organizations.find(session, found.organization_id)
        decided_by = people.name_of(session, found.decided_by)
    typed = values or {}
    profile = request.args.get("profile") if values is None else None
    return console_page(
        "manage/request.html",
        organization,
        CONSOLE,
        status=status,
        errors=errors or {},
        values=typed,
        approval=found,
        boxes=boxes(
            typed.get("functions", found.functions),
            kind=organization.kind,
            contracted=organization.contracted,
            profile=profile,
        ),
        profiles=PROFILES,
        kinds=KINDS,
        reasons=DENIAL_REASONS,
        catalogue=BY_ID,
        sentence=SENTENCES[State(found.state)],
        decided_by=decided_by,
        by_me=found.decided_by == person().account_id,
        own=found.account_id == person().account_id,
        late=late,
    )
