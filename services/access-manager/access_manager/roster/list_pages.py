"""The page door of the list of members: filters stand in the address, so that a list can be kept and sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from access_manager.console.days import last_day
from access_manager.console.frame import CONSOLE, console_page, for_scope
from access_manager.functions.catalogue import BY_ID, FUNCTIONS, PROFILES
from access_manager.memberships.authority import lines_of
from access_manager.memberships.doors.acting import manager_page
from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from access_manager.people.models import Person
from access_manager.roster import members as roster
from access_manager.roster.members import ONLY, ROLES, SIZES, STATES, Found, Wanted, sought
from access_manager.rules.deputies import Scope
from shared import spreadsheet
from shared.web.door import actor, context, reading
from shared.web.shell import gettext
from shared.web.shell.moments import rfc3339

blueprint = Blueprint("roster", __name__)
PEOPLE = f"{CONSOLE}/people"
_TAGS = 4  # how many tasks a row names before it counts the rest


@blueprint.get(PEOPLE)
@manager_page
@for_scope(Scope.PEOPLE)
def people_list(organization: Organization) -> ResponseReturnValue:
    """Show who has access: a page of those who fit."""
    now = context().clock.now()
    with reading() as session:
        wanted = _wanted(request.args, lines_of(session, actor(), organization.id, now))
        found = roster.look(session, organization.id, wanted, now)
    if found.total and not found.rows:  # an address from before the list became shorter
        return redirect(url_for("roster.people_list", **wanted.address(-(-found.total // wanted.size))), 303)
    return _list_page(organization, wanted, found, now)


@blueprint.get(f"{PEOPLE}.csv")
@manager_page
@for_scope(Scope.PEOPLE)
def download(organization: Organization) -> Response:
    """The same people as a file for spreadsheets; the page of the list does not matter."""
    now = context().clock.now()
    with reading() as session:
        wanted = _wanted(request.args, lines_of(session, actor(), organization.id, now))
        body = "".join(spreadsheet.rows(_head(), _lines(roster.everybody(session, organization.id, wanted, now))))
    told = {"Content-Disposition": 'attachment; filename="people.csv"', "Cache-Control": "no-store"}
    return Response(body, 200, told, content_type="text/csv; charset=utf-8")


def _list_page(organization: Organization, wanted: Wanted, found: Found, now: datetime) -> Response:
    rows = [(member, who, roster.state_of(member, now), *_tags(member.functions)) for member, who in found.rows]
    return console_page(
        "manage/people.html",
        organization,
        PEOPLE,
        rows=rows,
        total=found.total,
        wanted=wanted,
        states=STATES,
        roles=ROLES,
        only=ONLY,
        sizes={str(each): str(each) for each in SIZES},
        functions={each.id: each.task for each in FUNCTIONS},
        catalogue=BY_ID,
        **_turned(wanted, found.total),
    )


def _wanted(asked: MultiDict[str, str], reach: Sequence[str]) -> Wanted:
    """Read the address; a value that nobody offered counts as not asked."""
    size, page = asked.get("size", ""), asked.get("page", "")
    return Wanted(
        text=sought(asked.get("text", "")),
        status=asked.get("status", "") if asked.get("status") in STATES else "",
        role=asked.get("role", "") if asked.get("role") in ROLES else "",
        function=asked.get("function", "") if asked.get("function") in BY_ID else "",
        only=frozenset(asked.getlist("only")) & frozenset(ONLY),
        size=int(size) if size in {str(each) for each in SIZES} else SIZES[0],
        page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
        reach=tuple(reach),
    )


def _turned(wanted: Wanted, total: int) -> dict[str, Any]:
    pages = max(1, -(-total // wanted.size))
    earlier, later = wanted.page - 1, wanted.page + 1
    return {
        "pages": pages,
        "earlier": url_for("roster.people_list", **wanted.address(earlier)) if earlier else None,
        "later": url_for("roster.people_list", **wanted.address(later)) if later <= pages else None,
        "download": url_for("roster.download", **wanted.address(1)),
    }


def _tags(functions: Sequence[str]) -> tuple[list[str], int]:
    """Name a usual job by its name, and anything else by its first tasks and how many there are besides."""
    held = [each for each in functions if each in BY_ID]
    profile = next((each.name for each in PROFILES if set(each.functions) == set(held)), None)
    if profile is not None:
        return [profile], 0
    return [BY_ID[each].task for each in held[:_TAGS]], max(0, len(held) - _TAGS)


def _head() -> list[str]:
    return [
        gettext("Person"),
        gettext("E-mail"),
        gettext("Role"),
        gettext("Status"),
        gettext("May do"),
        gettext("Member since"),
        gettext("Last day of access"),
        gettext("Last sign-in"),
    ]


def _lines(found: Iterator[tuple[Membership, Person | None]]) -> Iterator[list[object]]:
    now = context().clock.now()
    tasks = {each.id: gettext(each.task) for each in FUNCTIONS}
    for member, who in found:
        yield [
            who.display_name if who else "",
            who.email if who else "",
            gettext(ROLES[member.role]),
            gettext(STATES[roster.state_of(member, now)]),
            "; ".join(tasks[each] for each in member.functions if each in tasks),
            rfc3339(member.starts_at),
            last_day(member.ends_at) or "",
            rfc3339(who.last_seen_at) if who and who.last_seen_at else "",
        ]
