"""The page door of partners: what we gave to whom, what we hold for whom, connect, answer, make smaller, end."""

from datetime import date, datetime

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.console.days import end_of, last_day
from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.rules.refusals import Refusal, refuse
from access_manager.third_parties import codes, service, staff
from access_manager.third_parties.doors.forms import CodeForm, ProposalForm, TasksForm
from access_manager.third_parties.models import Side
from access_manager.third_parties.rules import COMPANY_KINDS
from access_manager.third_parties.showing import shown
from shared.errors import Problem
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext

blueprint = Blueprint("partner_pages", __name__)
PARTNERS = f"{CONSOLE}/partners"
_ONE = f"{PARTNERS}/<link_id>"


@blueprint.get(PARTNERS)
@manager_page
@for_organization
def partners(organization: Organization) -> ResponseReturnValue:
    """Show what we gave to whom, what we hold for whom, and our connection code."""
    with reading() as session:
        found = shown(session, organization.id, service.links_of(session, organization.id))
        code = codes.current(session, organization.id)
    spoken = codes.shown(code.code) if code else None
    return console_page("manage/partners.html", organization, PARTNERS, links=found, code=spoken)


@blueprint.post(f"{PARTNERS}/code")
@manager_act
@for_organization
def change_code(organization: Organization) -> ResponseReturnValue:
    """Make a connection code, or take it away."""
    with transaction() as work:
        (codes.drop if request.form.get("act") == "drop" else codes.renew)(work, organization.id)
    return redirect(f"{PARTNERS}#code", 303)


@blueprint.get(f"{PARTNERS}/connect")
@manager_page
@for_organization
def connect(organization: Organization) -> ResponseReturnValue:
    """Ask for the code of the other organization."""
    return console_page("manage/partner_connect.html", organization, PARTNERS, values={}, errors={})


@blueprint.post(f"{PARTNERS}/connect")
@manager_act
@for_organization
def look_up(organization: Organization) -> ResponseReturnValue:
    """Show whose code it is and what may be proposed; nothing happens yet."""
    values, errors = read_form(CodeForm)
    try:
        if errors:
            return _code_page(organization, values, errors, 422)
        return _proposal_page(organization, values, {})
    except Problem as problem:
        return _code_page(organization, values, {"code": gettext(problem.detail)}, problem.status)


@blueprint.post(f"{PARTNERS}/propose")
@manager_act
@for_organization
def propose(organization: Organization) -> ResponseReturnValue:
    """Propose it to the other side."""
    values, errors = read_form(ProposalForm)
    if errors:
        return _proposal_page(organization, values, errors, 422)
    ends_at = end_of(values["ends_on"]) if values["ends_on"] else None
    offer = service.Offer(Side(values["side"]), values["code"], values["functions"], ends_at)
    try:
        with transaction() as work:
            link = service.propose(work, organization.id, offer)
    except Problem as problem:
        place = "ends_on" if problem.slug == Refusal.END_IN_THE_PAST else ""
        return _proposal_page(organization, values, {place: gettext(problem.detail)}, problem.status)
    return redirect(f"{PARTNERS}/{link.id}", 303)


@blueprint.get(_ONE)
@manager_page
@for_organization
def partner(organization: Organization, link_id: str) -> ResponseReturnValue:
    """Show one connection, and who works through it."""
    return link_page("manage/partner.html", organization, link_id)


@blueprint.post(_ONE)
@manager_act
@for_organization
def answer(organization: Organization, link_id: str) -> ResponseReturnValue:
    """Accept, decline or withdraw a proposal."""
    act = request.form.get("act")
    try:
        with transaction() as work:
            if act == "withdraw":
                service.withdraw(work, organization.id, link_id)
            elif act in {"accept", "decline"}:
                service.answer(work, organization.id, link_id, accept=act == "accept")
    except Problem as problem:
        return refused_page("manage/partner.html", organization, link_id, problem)
    return redirect(f"{PARTNERS}/{link_id}", 303)


@blueprint.get(f"{_ONE}/narrow")
@manager_page
@for_organization
def narrowing(organization: Organization, link_id: str) -> ResponseReturnValue:
    """Show what could be taken out of the connection."""
    return _narrow_page(organization, link_id, {}, {})


@blueprint.post(f"{_ONE}/narrow")
@manager_act
@for_organization
def narrow(organization: Organization, link_id: str) -> ResponseReturnValue:
    """Show who loses what; do it once that page was confirmed."""
    values, errors = read_form(TasksForm)
    if errors or "sure" not in request.form:
        return _narrow_page(organization, link_id, values, errors, 422 if errors else 200)
    try:
        with transaction() as work:
            ends_at = ending_on(values["ends_on"], service.find(work.session, organization.id, link_id).ends_at)
            service.narrow(work, organization.id, link_id, values["functions"], ends_at, values["version"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _narrow_page(organization, link_id, {}, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{PARTNERS}/{link_id}", 303)


@blueprint.get(f"{_ONE}/end")
@manager_page
@for_organization
def ending(organization: Organization, link_id: str) -> ResponseReturnValue:
    """Ask before the connection ends, and name who loses access."""
    return link_page("manage/partner_end.html", organization, link_id)


@blueprint.post(f"{_ONE}/end")
@manager_act
@for_organization
def end(organization: Organization, link_id: str) -> ResponseReturnValue:
    """End the connection now."""
    try:
        with transaction() as work:
            service.end(work, organization.id, link_id)
    except Problem as problem:
        return refused_page("manage/partner_end.html", organization, link_id, problem)
    return redirect(f"{PARTNERS}/{link_id}", 303)


def link_page(
    template: str,
    organization: Organization,
    link_id: str,
    errors: Errors | None = None,
    status: int = 200,
    **more: object,
) -> Response:
    """Render a page about one connection; raises the 404 of a foreign one too."""
    with reading() as session:
        found = service.find(session, organization.id, link_id)
        [link], sent = shown(session, organization.id, [found]), staff.sent(session, found)
        names = people.names(session, [each.account_id for each in sent])
        sendable = staff.own_people(session, found, context().clock.now()) if link["side"] == Side.COMPANY else ()
        asked_by_me = found.asked_by == actor().id
    return console_page(
        template,
        organization,
        PARTNERS,
        status=status,
        errors=errors or {},
        link=link,
        sent=sent,
        names=names,
        ours={each.account_id: each.id for each in sendable},
        asked_by_me=asked_by_me,
        catalogue=BY_ID,
        **more,
    )


def refused_page(
    template: str, organization: Organization, link_id: str, problem: Problem, **more: object
) -> ResponseReturnValue:
    """Render the page again with why it was refused; what is foreign stays a 404."""
    if problem.status == 404:
        raise problem
    return link_page(template, organization, link_id, {"": gettext(problem.detail)}, problem.status, **more)


def ending_on(day: date | None, present: datetime | None) -> datetime | None:
    """Return the instant a typed last day means; the present end where that day was left as it was."""
    if day is None:
        return None
    return present if day == last_day(present) else end_of(day)


def _code_page(organization: Organization, values: Values, errors: Errors, status: int) -> Response:
    template = "manage/partner_connect.html"
    return console_page(template, organization, PARTNERS, status=status, values=values, errors=errors)


def _proposal_page(organization: Organization, values: Values, errors: Errors, status: int = 200) -> Response:
    with reading() as session:
        partner_id = codes.owner(session, actor(), organization.id, values.get("code", ""))
        other = organizations.find(session, partner_id)
    sides = _sides(organization, other)
    if not sides:
        raise refuse(Refusal.PARTNER_KIND)
    one, two = [organization if side is Side.PROVIDER else other for side in (sides[0], sides[-1])]
    # Of two companies either may be who gives: offered is what both may hold, so that neither answer is refused.
    ticks = boxes(values.get("functions", ()), kind=one.kind, contracted=one.contracted, among=two.entitled)
    facts = {"values": values, "errors": errors, "other": other, "sides": sides, "boxes": ticks}
    return console_page("manage/partner_propose.html", organization, PARTNERS, status=status, **facts)


def _sides(organization: Organization, other: Organization) -> list[Side]:
    """On which side we may stand: nobody works for itself, and only companies work for others."""
    if organization.id == other.id:
        return []
    possible = ((Side.PROVIDER, other.kind in COMPANY_KINDS), (Side.COMPANY, organization.kind in COMPANY_KINDS))
    return [side for side, fits in possible if fits]


def _narrow_page(
    organization: Organization, link_id: str, values: Values, errors: Errors, status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        found = service.find(session, organization.id, link_id)
    chosen = values.get("functions", found.functions)
    typed = values.get("ends_on", last_day(found.ends_at))
    lost = [each for each in found.functions if each not in chosen]
    return link_page(
        "manage/partner_narrow.html",
        organization,
        link_id,
        errors,
        status,
        boxes=boxes(chosen, kind=organization.kind, contracted=organization.contracted, among=found.functions),
        ends_on=typed,
        lost=lost,
        check=bool(values) and not errors,
        until=ending_on(typed, found.ends_at),
    )
