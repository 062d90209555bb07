"""The page door of one proposal: for managers, and for the person it asks, who is none yet. Looking changes nothing."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.console.showing import shown
from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.authority import manages
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.proposals import answering, making, service
from access_manager.proposals.doors.forms import AnswerForm, FunctionsForm
from access_manager.proposals.flow import DECLINE_REASONS, SENTENCES, SUMMARIES, Word, stands
from access_manager.proposals.models import Proposal
from access_manager.rules.proposals import Kind, may_approve
from shared.errors import Problem
from shared.service import Work
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext, page
from shared.web.signin import person

blueprint = Blueprint("proposal_pages", __name__)
PROPOSALS = f"{CONSOLE}/proposals"
_MANAGERS = f"{CONSOLE}/managers"
_MINE = f"{CONSOLE}/mine"
_ANSWERS: dict[str, Callable[[Work, str, str], Proposal]] = {
    "accept": answering.accept,
    "approve": answering.approve,
    "withdraw": answering.withdraw,
}


@blueprint.get(f"{PROPOSALS}/<proposal_id>")
@manager_page
def opened(proposal_id: str) -> ResponseReturnValue:
    """Show one proposal: what it would change, and whose word is missing."""
    return _page(proposal_id, {}, {})


@blueprint.post(f"{PROPOSALS}/<proposal_id>")
@manager_act
def reply(proposal_id: str) -> ResponseReturnValue:
    """Accept, agree, decline with a reason, or withdraw."""
    values, errors = read_form(AnswerForm)
    if errors or not values["act"]:
        return _page(proposal_id, values, errors, 422)
    try:
        with transaction() as work:
            _reply(work, proposal_id, values)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(proposal_id, values, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{PROPOSALS}/{proposal_id}", 303)


@blueprint.get(f"{PROPOSALS}/functions/<membership_id>")
@manager_page
@for_organization
def functions(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask which sensitive tasks to propose for a member."""
    return _functions_page(organization, membership_id, {}, {})


@blueprint.post(f"{PROPOSALS}/functions/<membership_id>")
@manager_act
@for_organization
def propose_functions(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Propose them; a second manager agrees, or not."""
    values, errors = read_form(FunctionsForm)
    if errors:
        return _functions_page(organization, membership_id, values, errors, 422)
    try:
        with transaction() as work:
            made = making.propose(work, organization.id, Kind.FUNCTIONS, membership_id, values["functions"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _functions_page(organization, membership_id, values, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{PROPOSALS}/{made.id}", 303)


def _reply(work: Work, proposal_id: str, values: Values) -> None:
    found = service.seen(work.session, work.actor, proposal_id, work.now)
    if values["act"] == "decline":
        answering.decline(work, found.organization_id, proposal_id, values["reason"])
    else:
        _ANSWERS[values["act"]](work, found.organization_id, proposal_id)


def _page(proposal_id: str, values: Values, errors: Errors, status: int = 200) -> Response:
    with reading() as session:
        found = service.seen(session, actor(), proposal_id, context().clock.now())
        organization = organizations.find(session, found.organization_id)
        facts = _facts(session, found, organization)
        in_console = manages(session, person().account_id, organization.id)
    facts |= {"values": values, "errors": errors, "reasons": DECLINE_REASONS}
    if in_console:
        return console_page("manage/proposal.html", organization, _MANAGERS, status, **facts)
    nav = [(_MINE, gettext("My access"), False), ("/account", gettext("My account"), False)]
    frame = {"person_name": person().name, "nav": nav, "home_url": _MINE, "signout_url": f"{CONSOLE}/signout"}
    return page("manage/proposal.html", status, organization=organization, in_mine=True, **frame, **facts)


def _facts(session: Session, found: Proposal, organization: Organization) -> dict[str, object]:
    me, kind = person().account_id, Kind(found.kind)
    missing = found.words.missing()
    state = stands(found.state, found.expires_at, context().clock.now())
    asked = Word.ACCEPTANCE in missing and service.asks(found, actor())
    second = (
        manages(session, me, organization.id) and may_approve(me, found.proposed_by, found.account_id, kind) is None
    )
    return {
        "proposal": found,
        "summary": SUMMARIES[kind],
        "names": people.names(session, {found.account_id, found.proposed_by, found.approved_by or ""}),
        "state": state.value,
        "sentence": SENTENCES[state],
        "catalogue": BY_ID,
        "missing": {each.value for each in missing},
        "may": {
            "accept": asked,
            "approve": second and Word.APPROVAL in missing,
            "decline": asked or second,
            "withdraw": found.proposed_by == me,
        },
        "own": found.account_id == me,
    }


def _functions_page(
    organization: Organization, membership_id: str, values: Values, errors: Errors, status: int = 200
) -> Response:
    found, facts = shown(organization, membership_id)
    lacking = [BY_ID[each] for each in organization.entitled if BY_ID[each].sensitive and each not in found.functions]
    return console_page(
        "manage/proposal_functions.html",
        organization,
        f"{CONSOLE}/people",
        status,
        errors=errors,
        values=values,
        lacking=lacking,
        **facts,
    )
