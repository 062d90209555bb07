"""The page door of the history: of the organization with filters in the address, of one person, and as files."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from access_manager.console.days import end_of
from access_manager.console.forms import Day
from access_manager.console.frame import CONSOLE, console_page, for_organization, for_scope
from access_manager.console.showing import shown
from access_manager.history.acts import KINDS
from access_manager.history.routes import EntryOut
from access_manager.history.service import IN_A_FILE, PAGE, Asked, Entry, of_organization
from access_manager.history.telling import told
from access_manager.memberships.authority import lines_of
from access_manager.memberships.doors.acting import manager_page
from access_manager.organizations.models import Organization
from access_manager.roster.list_pages import PEOPLE
from access_manager.rules.deputies import Scope
from shared import spreadsheet
from shared.web.door import actor, context, reading
from shared.web.forms import Choice, Errors, PageForm, Text, Values, read_form
from shared.web.shell import gettext
from shared.web.shell.language import language
from shared.web.shell.moments import date_of, rfc3339

blueprint = Blueprint("history_pages", __name__)
HISTORY = f"{CONSOLE}/history"


class FilterForm(PageForm):
    """What of the history is wanted; the days are Eastern, both included."""

    person = Text(longest=100)
    kind = Choice(options=tuple(KINDS))
    since = Day()
    until = Day()


@blueprint.get(HISTORY)
@manager_page
@for_organization
def history(organization: Organization) -> ResponseReturnValue:
    """Show who did what to whom in this organization, the newest first."""
    values, errors = read_form(FilterForm, request.args)
    entries = [] if errors else _found(organization, values, PAGE)
    return console_page(
        "manage/history.html",
        organization,
        HISTORY,
        status=422 if errors else 200,
        errors=errors,
        values=values,
        narrowed=_narrowed(values) if not errors else [],
        lines=[told(each) for each in entries],
        kinds={kind: label for kind, (label, _) in KINDS.items()},
        **_addresses(values, entries, errors),
    )


@blueprint.get(f"{HISTORY}.csv")
@manager_page
@for_organization
def as_csv(organization: Organization) -> Response:
    """The same entries for spreadsheets, in words."""
    entries = _entries_of_file(organization)
    head = [gettext("When"), gettext("What happened"), gettext("Details"), gettext("By the support desk")]
    return _file("".join(spreadsheet.rows(head, _lines(entries))), "history.csv", "text/csv; charset=utf-8")


@blueprint.get(f"{HISTORY}.json")
@manager_page
@for_organization
def as_json(organization: Organization) -> Response:
    """The same entries for programs, as the API gives them."""
    entries = EntryOut(many=True).dump(_entries_of_file(organization))
    return _file(json.dumps({"entries": entries}, indent=1), "history.json", "application/json")


@blueprint.get(f"{PEOPLE}/<membership_id>/history")
@manager_page
@for_scope(Scope.PEOPLE)
def of_person(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Show what happened with one person's access: who gave what, when and why."""
    found, facts = shown(organization, membership_id)
    older_than = request.args.get("before", type=int)
    with reading() as session:
        entries = of_organization(session, organization.id, Asked(target=found.account_id, before=older_than))
    older = url_for(".of_person", membership_id=found.id, before=entries[-1].number) if len(entries) == PAGE else None
    return console_page(
        "manage/person_history.html",
        organization,
        PEOPLE,
        200,
        **facts,
        lines=[told(each) for each in entries],
        older=older,
    )


def _narrowed(values: Values) -> list[str]:
    """In words what the reader asked for."""
    kind, since, until = values["kind"], values["since"], values["until"]
    words = [values["person"], gettext(KINDS[kind][0]) if kind else None]
    words.append(gettext("From %(day)s", day=_day(since)) if since else None)
    words.append(gettext("To %(day)s", day=_day(until)) if until else None)
    return [each for each in words if each]


def _day(day: date) -> str:
    return date_of(end_of(day) - timedelta(minutes=1), language(), "short")


def _found(organization: Organization, values: Values, most: int) -> list[Entry]:
    since: date | None = values["since"]
    until: date | None = values["until"]
    with reading() as session:
        asked = Asked(
            person=values["person"],
            kind=values["kind"],
            since=end_of(since - timedelta(days=1)) if since else None,
            until=end_of(until) if until else None,
            before=request.args.get("before", type=int),
            reach=lines_of(session, actor(), organization.id, context().clock.now()),
        )
        return of_organization(session, organization.id, asked, most)


def _entries_of_file(organization: Organization) -> list[Entry]:
    """What the address asks for; a filter that cannot be read gives an empty file rather than everything."""
    values, errors = read_form(FilterForm, request.args)
    return [] if errors else _found(organization, values, IN_A_FILE)


def _addresses(values: Values, entries: Sequence[Entry], errors: Errors) -> dict[str, Any]:
    same: dict[str, Any] = {} if errors else {name: str(value) for name, value in values.items() if value}
    older = entries[-1].number if len(entries) == PAGE else None
    return {
        "older": url_for(".history", **same, before=older) if older else None,
        "csv": url_for(".as_csv", **same),
        "json": url_for(".as_json", **same),
    }


def _lines(entries: Sequence[Entry]) -> Iterator[list[object]]:
    for each in map(told, entries):
        yield [rfc3339(each.at), each.sentence, ". ".join(each.details), gettext("Yes") if each.by_desk else ""]


def _file(body: str, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, 200, headers, content_type=kind)
