"""The manager's page of one request for more: give all, some, or deny with a reason. Looking never changes anything."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, validates_schema
from sqlalchemy.orm import Session

from access_manager.approvals.flow import holds_a_tin
from access_manager.console.frame import CONSOLE, console_page
from access_manager.functions.boxes import Boxes
from access_manager.functions.catalogue import BY_ID, beyond, by_category, in_order
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors import manager_act, manager_page
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.requests import deciding
from access_manager.requests.deciding import Verdict
from access_manager.requests.flow import REASONS, SENTENCES, State
from access_manager.requests.models import AccessRequest
from access_manager.requests.notices import PAGE
from access_manager.rules.deputies import Scope
from shared.errors import Problem, not_found
from shared.i18n import say
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Choice, Choices, Errors, PageForm, Text, Values, read_form
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("access_request_pages", __name__)
_NO_TIN = say("Leave out the number that looks like a TIN")


class GiveForm(PageForm):
    """What of it the person gets."""

    functions = Choices(options=tuple(BY_ID), empty=say("Choose at least one task, or deny the request"))


class DenyForm(PageForm):
    """Why not. Another reason needs words."""

    reason = Choice(options=tuple(REASONS), empty=say("Choose a reason"))
    reply = Text(longest=500, multiline=True)

    @validates_schema
    def _another_reason_needs_words(self, data: Values, **_options: object) -> None:
        if data.get("reason") == "other" and not data.get("reply"):
            raise ValidationError(say("Say what the reason is"), "reply")
        if holds_a_tin(data.get("reply", "")):
            raise ValidationError(_NO_TIN, "reply")


@blueprint.get(f"{PAGE}/<request_id>")
@manager_page
def opened(request_id: str) -> ResponseReturnValue:
    """Show one request: to decide, or how it was decided."""
    return _page(request_id)


@blueprint.post(f"{PAGE}/<request_id>")
@manager_act
def decide(request_id: str) -> ResponseReturnValue:
    """Give the ticked functions, or deny with a reason."""
    values, errors = read_form(GiveForm if request.form.get("verdict") == "give" else DenyForm)
    if errors:
        return _page(request_id, values, errors, status=422)
    return _decide(request_id, values)


def _decide(request_id: str, values: Values) -> ResponseReturnValue:
    try:
        with transaction() as work:
            organization_id = _own(work.session, request_id).organization_id
            decided = deciding.decide(work, organization_id, request_id, Verdict(**values))
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(request_id, values, {"functions": gettext(problem.detail)}, status=problem.status)
    if not decided.first and decided.request.decided_by != person().account_id:
        return _page(request_id, late=True, status=409)
    return redirect(f"{PAGE}/{request_id}", 303)


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
        boxes=_boxes(found, typed.get("functions", found.functions), contracted=organization.contracted),
        reasons=REASONS,
        catalogue=BY_ID,
        sentence=SENTENCES[State(found.state)],
        by_me=found.decided_by == person().account_id,
        own=found.account_id == person().account_id,
        late=late,
    )


def _boxes(found: AccessRequest, chosen: list[str], *, contracted: bool) -> Boxes:
    """Only what was asked for is offered, and of it what the organization may hold."""
    withheld = beyond(found.functions, contracted=contracted)
    offered = [each for each in in_order(found.functions) if each not in withheld]
    return Boxes(by_category(offered), chosen, [BY_ID[each] for each in withheld])
