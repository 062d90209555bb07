"""The page door of asking for more: from the list of what one lacks, or from the portal's page that refused something.

A portal leads here with `?organization=…&function=…`; nothing is asked for until the person presses the button.
"""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.approvals.doors.forms import OwnWords
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID, in_order
from access_manager.mine import service
from access_manager.mine.frame import HERE, own_page
from access_manager.organizations import service as organizations
from access_manager.requests import asking
from access_manager.rules.refusals import REFUSALS
from shared.auth import ACR_PASSWORD
from shared.errors import Problem
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Choices, Errors, PageForm, Text, Values, read_form
from shared.web.shell import gettext
from shared.web.signin import person, signed_in

blueprint = Blueprint("asking", __name__)


class AskForm(PageForm):
    """What somebody needs, and why."""

    organization = Text()
    functions = Choices(options=tuple(BY_ID), empty=say("Choose at least one task"))
    note = OwnWords()


@blueprint.get(f"{HERE}/ask")
@signed_in(ACR_PASSWORD, ("provider",))
def form() -> ResponseReturnValue:
    """Say what the function does, and offer to ask for it; with several organizations, for which one first."""
    organization_id = request.args.get("organization", "")
    return _ask_page(organization_id) if organization_id else _choose_page()


@blueprint.post(f"{HERE}/ask")
@signed_in(ACR_PASSWORD, ("provider",))
def ask() -> ResponseReturnValue:
    """Ask for what is ticked."""
    values, errors = read_form(AskForm)
    organization_id = str(values.get("organization", ""))
    if errors:
        return _ask_page(organization_id, values, errors, 422)
    try:
        with transaction() as work:
            asking.ask(work, organization_id, values["functions"], values["note"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _ask_page(organization_id, values, {"functions": gettext(problem.detail)}, problem.status)
    return redirect(f"{HERE}?asked=1", 303)


@blueprint.post(f"{HERE}/requests/<request_id>/withdraw")
@signed_in(ACR_PASSWORD, ("provider",))
def withdraw(request_id: str) -> ResponseReturnValue:
    """Take one's own request back; decided meanwhile, the page says what was decided."""
    try:
        with transaction() as work:
            asking.withdraw(work, request_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return redirect(HERE, 303)
    return redirect(f"{HERE}?withdrawn=1", 303)


def _choose_page() -> ResponseReturnValue:
    with reading() as session:
        found = service.own(session, person().account_id, context().clock.now())
    if len(found) == 1:
        return _ask_page(found[0].organization.id)
    return own_page("manage/ask_where.html", found=found, functions=request.args.getlist("function"))


def _ask_page(
    organization_id: str, values: Values | None = None, errors: Errors | None = None, status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        organization = organizations.find(session, organization_id)
        stands = asking.standing(session, organization, person().account_id, context().clock.now())
        waiting = asking.open_of(session, person().account_id, organization_id)
    wanted = request.args.getlist("function")
    typed = values or {"functions": wanted, "note": waiting.note if waiting else ""}
    refusal = stands.refusal([each for each in wanted if each in BY_ID] or service.lacks(stands))
    return own_page(
        "manage/ask.html",
        status,
        errors=errors or {},
        values=typed,
        organization=organization,
        boxes=boxes(
            typed.get("functions") or [],
            kind=organization.kind,
            contracted=organization.contracted,
            among=service.lacks(stands),
        ),
        wanted=[BY_ID[each] for each in in_order(wanted)],
        why_not=REFUSALS[refusal][1] if refusal else None,
        waiting=waiting,
    )
