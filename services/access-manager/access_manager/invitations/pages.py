"""The page door of managers: the list of invitations, one of them, and adding one person."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from access_manager.console.days import end_of
from access_manager.console.frame import CONSOLE, console_page, for_scope
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID, PROFILES
from access_manager.invitations import service
from access_manager.invitations.forms import InviteForm, typed
from access_manager.invitations.models import Invitation
from access_manager.invitations.service import Wanted
from access_manager.invitations.states import STANDINGS, Standing
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import lines_of
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import LINES
from shared.errors import Problem
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext

blueprint = Blueprint("invitation_pages", __name__)
INVITATIONS, PEOPLE = f"{CONSOLE}/invitations", f"{CONSOLE}/people"
_PLACES = {"already-a-member": "email", "end-in-the-past": "ends_on", "beyond-lines": "lines"}


@blueprint.get(INVITATIONS)
@manager_page
@for_scope(Scope.PEOPLE)
def invitations(organization: Organization) -> ResponseReturnValue:
    """Show who was invited and how each invitation stands; `?standing=` shows one kind."""
    now = context().clock.now()
    with reading() as session:
        found = service.listed(session, organization.id, lines_of(session, actor(), organization.id, now))
        stands = service.standings(session, found, now)
    wanted = request.args.get("standing")
    shown = [each for each in found if wanted not in STANDINGS or stands[each.id] == wanted]
    counts = [(each, words, sum(one is each for one in stands.values())) for each, words in STANDINGS.items()]
    facts = {"invitations": shown, "standings": stands, "counts": counts, "wanted": wanted, "all": len(found)}
    return console_page("manage/invitations.html", organization, CONSOLE, 200, words=STANDINGS, **facts)


@blueprint.get(f"{INVITATIONS}/<invitation_id>")
@manager_page
@for_scope(Scope.PEOPLE)
def invitation(organization: Organization, invitation_id: str) -> ResponseReturnValue:
    """Show one invitation, with what can be done about it."""
    return _one(organization, invitation_id, {})


@blueprint.post(f"{INVITATIONS}/<invitation_id>")
@manager_act
@for_scope(Scope.PEOPLE)
def change(organization: Organization, invitation_id: str) -> ResponseReturnValue:
    """Mail it again, or take it back."""
    again = request.form.get("act") == "write_again"
    act = service.write_again if again else service.revoke
    try:
        with transaction() as work:
            found = act(work, organization.id, invitation_id)
    except Problem as problem:
        return _refused(problem, organization, invitation_id)
    return redirect(f"{INVITATIONS}/{found.id}?{'sent' if again else 'revoked'}=1", 303)


@blueprint.get(f"{PEOPLE}/add")
@manager_page
@for_scope(Scope.PEOPLE)
def add(organization: Organization) -> ResponseReturnValue:
    """The form for one person; `?profile=` and `?copy=` tick boxes, and change nothing."""
    return _form(organization, {}, {})


@blueprint.post(f"{PEOPLE}/add")
@manager_act
@for_scope(Scope.PEOPLE)
def invite(organization: Organization) -> ResponseReturnValue:
    """Invite one person."""
    values, errors = read_form(InviteForm)
    if errors:
        return _form(organization, values, errors, 422)
    ends_on = values.pop("ends_on")
    wanted = Wanted(**values, ends_at=end_of(ends_on) if ends_on else None)
    try:
        with transaction() as work:
            put = service.invite(work, organization.id, wanted)
    except Problem as problem:
        return _not_invited(problem, organization, {**values, "ends_on": ends_on})
    return redirect(f"{INVITATIONS}/{put.invitation.id}?{put.done}=1", 303)


def _not_invited(problem: Problem, organization: Organization, values: Values) -> Response:
    if problem.status == 404:
        raise problem
    errors = {_PLACES.get(problem.slug, "functions"): gettext(problem.detail)}
    return _form(organization, values, errors, problem.status)


def _refused(problem: Problem, organization: Organization, invitation_id: str) -> Response:
    if problem.status == 404:
        raise problem
    answer = _one(organization, invitation_id, {"": gettext(problem.detail)}, problem.status)
    answer.headers.extend(problem.headers)
    return answer


def _one(organization: Organization, invitation_id: str, errors: Errors, status: int = 200) -> Response:
    now = context().clock.now()
    with reading() as session:
        found = service.seen(session, actor(), organization.id, invitation_id, now)
        stands = service.standings(session, [found], now)[found.id]
        inviter = people.name_of(session, found.invited_by)
        membership_id = _membership(session, found)
    told = next((each for each in ("sent", "revoked", "invited", "updated", "unchanged") if each in request.args), None)
    facts = {"invitation": found, "standing": stands, "words": STANDINGS, "catalogue": BY_ID, "inviter": inviter}
    facts |= {"open": stands in (Standing.PENDING, Standing.BOUNCED), "membership_id": membership_id, "told": told}
    return console_page(
        "manage/invitation.html", organization, CONSOLE, status, errors=errors, line_words=LINES, **facts
    )


def _membership(session: Session, found: Invitation) -> str | None:
    if found.state != Standing.ACCEPTED:
        return None
    mine = memberships.members(session, found.organization_id)
    return next((each.id for each in mine if each.account_id == found.account_id), None)


def _form(organization: Organization, values: Values, errors: Errors, status: int = 200) -> Response:
    now = context().clock.now()
    with reading() as session:
        members = memberships.seen_by(session, actor(), organization.id, now)
        names = people.names(session, [each.account_id for each in members])
        reach = lines_of(session, actor(), organization.id, now)
    shown = typed(values)
    chosen = shown["functions"] if values else _copied(members)
    profile = request.args.get("profile") if not values else None
    colleagues = [(each.id, names[each.account_id].display_name) for each in members if each.account_id in names]
    return console_page(
        "manage/add.html",
        organization,
        PEOPLE,
        status,
        errors=errors,
        values=shown,
        boxes=boxes(chosen, kind=organization.kind, contracted=organization.contracted, profile=profile),
        profiles=PROFILES,
        colleagues=sorted(colleagues, key=lambda one: one[1].casefold()),
        line_options=[(each, words) for each, words in LINES.items() if not reach or each in reach],
    )


def _copied(members: list[Membership]) -> list[str]:
    """Return the functions of the colleague whom `?copy=` names, or none."""
    wanted = request.args.get("copy")
    return next((list(each.functions) for each in members if each.id == wanted), [])
