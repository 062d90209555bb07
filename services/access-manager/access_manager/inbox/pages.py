"""The page door of the inbox: what waits, several approved at once, and what came of each.

Approving several always passes a page that lists every change; it names the version of each request that it showed.
"""

from collections.abc import Sequence

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from access_manager.approvals.flow import SENTENCES as JOINING
from access_manager.approvals.models import Approval
from access_manager.console.frame import CONSOLE, console_page, for_scope
from access_manager.functions.catalogue import BY_ID
from access_manager.inbox import service
from access_manager.inbox.service import Row
from access_manager.inbox.waiting import Waiting
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.requests.flow import SENTENCES as ASKING
from access_manager.rules.deputies import Scope
from shared.i18n import say
from shared.web.door import actor, context, reading, transaction
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("inbox", __name__)
_NONE_CHOSEN = say("Choose at least one request")
_CLOSED_FOR_YOU = say("Not approved: it changed since you looked, or it may not be approved as asked")


@blueprint.get(CONSOLE, strict_slashes=False)
@manager_page
@for_scope(Scope.REQUESTS)
def inbox(organization: Organization) -> ResponseReturnValue:
    """Show what waits for a decision, the oldest first."""
    return _inbox_page(organization, {})


@blueprint.get(f"{CONSOLE}/requests")
@manager_page
def requests() -> ResponseReturnValue:
    """Lead to the inbox: it is the same list."""
    return redirect(CONSOLE, 303)


@blueprint.get(f"{CONSOLE}/approve")
@manager_page
@for_scope(Scope.REQUESTS)
def review(organization: Organization) -> ResponseReturnValue:
    """Show every change that approving the chosen requests would make."""
    chosen = set(request.args.getlist("request"))
    with reading() as session:
        waiting = service.waiting(session, actor(), organization, context().clock.now())
    found = [each for each in waiting if each.id in chosen][: service.MOST]
    if not found:
        return _inbox_page(organization, {"request": gettext(_NONE_CHOSEN)}, status=422)
    return _review_page(organization, found)


@blueprint.post(f"{CONSOLE}/approve")
@manager_act
@for_scope(Scope.REQUESTS)
def approve(organization: Organization) -> ResponseReturnValue:
    """Approve what the page listed, each as asked."""
    marks = dict(mark for each in request.form.getlist("mark")[: service.MOST] if (mark := _mark(each)))
    if not marks:
        return _inbox_page(organization, {"request": gettext(_NONE_CHOSEN)}, status=422)
    asked = [request_id for request_id, _ in service.approve(transaction, organization.id, marks)]
    return redirect(url_for("inbox.approved", request=asked), 303)


@blueprint.get(f"{CONSOLE}/approved")
@manager_page
@for_scope(Scope.REQUESTS)
def approved(organization: Organization) -> ResponseReturnValue:
    """Show what came of each request; opened again it says the same."""
    asked, now = request.args.getlist("request")[: service.MOST], context().clock.now()
    with reading() as session:
        found = service.states(session, actor(), organization.id, asked, now)
        names = people.names(session, {each for row in found for each in (row.account_id, row.decided_by) if each})
    if not found:
        return redirect(CONSOLE, 303)
    rows = [_result(row) for row in found]
    return console_page("manage/approved.html", organization, CONSOLE, rows=rows, names=names, catalogue=BY_ID)


def _result(row: Row) -> dict[str, object]:
    """One row of what came of it: by whom it was decided, and in which words."""
    said = JOINING if isinstance(row, Approval) else ASKING
    sentence = {state.value: words for state, words in said.items()}[row.state]
    given = bool(row.granted) and row.decided_by == person().account_id
    return {"row": row, "given": given, "sentence": _CLOSED_FOR_YOU if row.state == "open" else sentence}


def _mark(text: str) -> tuple[str, int] | None:
    request_id, _, version = text.rpartition(".")
    fits = request_id and version.isascii() and version.isdecimal() and len(version) < 9
    return (request_id, int(version)) if fits else None


def _inbox_page(organization: Organization, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        waiting = service.waiting(session, actor(), organization, context().clock.now())
        last = service.last_decided_at(session, organization.id)
        undecided = service.in_review(session, actor(), organization.id, context().clock.now())
    able = [each.id for each in waiting if each.refusal is None][: service.MOST]
    return console_page(
        "manage/inbox.html",
        organization,
        CONSOLE,
        status=status,
        errors=errors,
        waiting=waiting,
        able=able,
        all_able=url_for("inbox.review", request=able),
        last=last,
        undecided=undecided,
        catalogue=BY_ID,
    )


def _review_page(organization: Organization, found: Sequence[Waiting]) -> ResponseReturnValue:
    return console_page(
        "manage/approve.html",
        organization,
        CONSOLE,
        able=[each for each in found if each.refusal is None],
        kept=[each for each in found if each.refusal is not None],
        catalogue=BY_ID,
    )
