"""The page door: ask before a link is sent, send it, say so."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.console.frame import console_page, for_organization
from access_manager.console.showing import shown
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations.models import Organization
from access_manager.recoveries import service
from access_manager.roster.list_pages import PEOPLE
from access_manager.rules.managers import may_help
from access_manager.rules.refusals import REFUSALS, Refusal, insist
from shared.errors import Problem
from shared.web.door import context, transaction
from shared.web.forms import Errors
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("recovery_pages", __name__)


@blueprint.get(f"{PEOPLE}/<membership_id>/recovery")
@manager_page
@for_organization
def ask(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Say what will happen, or why it cannot."""
    return _page(organization, membership_id, {})


@blueprint.post(f"{PEOPLE}/<membership_id>/recovery")
@manager_act
@for_organization
def start(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Let a link go to the person's own address."""
    found, _facts = shown(organization, membership_id)
    try:
        insist(_refusal(found))
        service.ask_identity(context().neighbours, found, person().account_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        answer = _page(organization, membership_id, {"": gettext(problem.detail)}, problem.status)
        answer.headers.extend(problem.headers)
        return answer
    with transaction() as work:
        service.record(work, found)
    return redirect(f"{PEOPLE}/{membership_id}/recovery?sent=1", 303)


def _page(organization: Organization, membership_id: str, errors: Errors, status: int = 200) -> Response:
    found, facts = shown(organization, membership_id)
    refusal = _refusal(found)
    return console_page(
        "manage/recovery.html",
        organization,
        PEOPLE,
        status=status,
        errors=errors,
        **facts,
        why_not=REFUSALS[refusal][1] if refusal else None,
        sent="sent" in request.args,
    )


def _refusal(found: Membership) -> Refusal | None:
    return may_help(person().account_id, found.account_id, manager=found.is_manager, active=found.status == ACTIVE)
