"""The page door of deputies: who acts for whom, name one, end one."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from access_manager.console.days import end_of
from access_manager.console.forms import Day
from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.console.showing import shown
from access_manager.deputies import service
from access_manager.deputies.service import Naming
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.roster.candidates import candidates
from access_manager.rules.deputies import DELEGABLE, Period
from shared.errors import Problem
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Choices, Errors, PageForm, Values, read_form
from shared.web.shell import gettext

blueprint = Blueprint("deputy_pages", __name__)
DEPUTIES = f"{CONSOLE}/deputies"
_MANAGERS = f"{CONSOLE}/managers"
_WRONG_FIRST_DAY = say("Enter the first day as year, month and day, for example 2027-01-31")
_FIELDS = {"deputy-period": "ends_on", "deputy-scope": "scopes"}


class FirstDay(Day):
    """A day, with words of its own where it is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            raise ValidationError(_WRONG_FIRST_DAY) from error


class DeputyForm(PageForm):
    """What the deputy may do, and the first and the last day of it."""

    scopes = Choices(options=tuple(DELEGABLE), empty=say("Choose what the deputy may do"))
    starts_on = FirstDay()
    ends_on = Day(empty=say("Enter the last day"))


@blueprint.get(DEPUTIES)
@manager_page
@for_organization
def deputies(organization: Organization) -> ResponseReturnValue:
    """Show who acts for whom, and who could."""
    with reading() as session:
        now = context().clock.now()
        found = service.standing_in(session, organization.id, now)
        others = candidates(session, organization)
        known = {account for each in found for account in (each.manager_id, each.deputy_id)}
        names = people.names(session, known)
    facts = {
        "found": found,
        "others": others,
        "names": names,
        "scopes": DELEGABLE,
        "now": now,
    }
    return console_page("manage/deputies.html", organization, _MANAGERS, 200, **facts)


@blueprint.get(f"{DEPUTIES}/<membership_id>/new")
@manager_page
@for_organization
def naming(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask what the person may do, and when."""
    return _form_page(organization, membership_id, {}, {})


@blueprint.post(f"{DEPUTIES}/<membership_id>/new")
@manager_act
@for_organization
def name(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Name the person one's deputy."""
    values, errors = read_form(DeputyForm)
    if errors:
        return _form_page(organization, membership_id, values, errors, 422)
    try:
        with transaction() as work:
            period = _period(values, work.now)
            service.name(work, organization.id, Naming(membership_id, values["scopes"], period))
    except Problem as problem:
        return _refused(problem, organization, membership_id, values)
    return redirect(DEPUTIES, 303)


@blueprint.post(f"{DEPUTIES}/<deputy_id>/end")
@manager_act
@for_organization
def end(organization: Organization, deputy_id: str) -> ResponseReturnValue:
    """End it now; pressed twice, it is over all the same."""
    try:
        with transaction() as work:
            service.end(work, organization.id, deputy_id)
    except Problem as problem:
        if problem.slug != "deputy-over":
            raise
    return redirect(DEPUTIES, 303)


def _period(values: Values, now: datetime) -> Period:
    """From the start of the first day, or now where that is past or none is named, to the end of the last."""
    first = values.get("starts_on")
    starts_at = end_of(first - timedelta(days=1)) if first else now
    return Period(max(starts_at, now), end_of(values["ends_on"]))


def _refused(problem: Problem, organization: Organization, membership_id: str, values: Values) -> ResponseReturnValue:
    if problem.status == 404:
        raise problem
    errors = {_FIELDS.get(problem.slug, ""): gettext(problem.detail)}
    return _form_page(organization, membership_id, values, errors, problem.status)


def _form_page(
    organization: Organization, membership_id: str, values: Values, errors: Errors, status: int = 200
) -> ResponseReturnValue:
    _found, facts = shown(organization, membership_id)
    return console_page(
        "manage/deputy.html", organization, _MANAGERS, status, errors=errors, values=values, scopes=DELEGABLE, **facts
    )
