"""The page door of whoever takes up emergency access: two factors, proved within minutes, and a reason."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.emergencies import service
from access_manager.emergencies.doors.acting import member_act
from access_manager.emergencies.doors.forms import BeginForm
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from shared.errors import Problem, not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext, page
from shared.web.signin import person

blueprint = Blueprint("own_emergency_pages", __name__)
_MINE = "/manage/mine"
HERE = f"{_MINE}/emergency"


@blueprint.get(HERE)
@member_act
def choose() -> ResponseReturnValue:
    """Lead to the only organization of the person, or let them choose."""
    with reading() as session:
        found = _own(session)
    if len(found) == 1:
        return redirect(f"{HERE}/{found[0].id}", 303)
    return _page("manage/emergency_choose.html", organizations=found)


@blueprint.get(f"{HERE}/<organization_id>")
@member_act
def mine(organization_id: str) -> ResponseReturnValue:
    """Show what can be taken up, what runs, or why nothing can."""
    return _emergency_page(organization_id, {}, {})


@blueprint.post(f"{HERE}/<organization_id>")
@member_act
def begin(organization_id: str) -> ResponseReturnValue:
    """Take it up; everybody who must know is told."""
    values, errors = read_form(BeginForm)
    if errors:
        return _emergency_page(organization_id, values, errors, 422)
    try:
        with transaction() as work:
            service.begin(work, organization_id, values["functions"], values["reason"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _emergency_page(organization_id, values, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{HERE}/{organization_id}", 303)


@blueprint.post(f"{HERE}/<organization_id>/end")
@member_act
def end(organization_id: str) -> ResponseReturnValue:
    """End it early; pressed again nothing changes."""
    try:
        with transaction() as work:
            service.end_own(work, request.form.get("emergency", ""))
    except Problem as problem:
        if problem.status == 404:
            raise
    return redirect(f"{HERE}/{organization_id}", 303)


def _emergency_page(organization_id: str, values: Values, errors: Errors, status: int = 200) -> Response:
    now = context().clock.now()
    with reading() as session:
        found = service.standing_in(session, person().account_id, organization_id)
        if found is None or (found.ends_at is not None and found.ends_at <= now):
            raise not_found()
        organization = organizations.find(session, organization_id)
        last = service.last_of(session, found.id)
        held = service.held_now(found, now)
        possible = [each for each in service.takeable(session, organization) if each not in held]
        minutes = service.policy_of(session, organization_id).minutes
    return _page(
        "manage/emergency_mine.html",
        status,
        organization=organization,
        member=found,
        running=last if last is not None and last.runs(now) else None,
        unreviewed=last is not None and last.reviewed_at is None,
        boxes=boxes(
            values.get("functions", ()), kind=organization.kind, contracted=organization.contracted, among=possible
        ),
        minutes=minutes,
        catalogue=BY_ID,
        values=values,
        errors=errors,
    )


def _own(session: Session) -> list[Organization]:
    mine = select(Organization).join(Membership, Membership.organization_id == Organization.id)
    standing = mine.where(Membership.account_id == person().account_id, Membership.status == ACTIVE)
    return list(session.scalars(standing.order_by(Organization.name, Organization.id)))


def _page(template: str, status: int = 200, **values: object) -> Response:
    return page(
        template,
        status,
        person_name=person().name,
        nav=[(_MINE, gettext("My access"), True), ("/account", gettext("My account"), False)],
        home_url=_MINE,
        signout_url="/manage/signout",
        **values,
    )
