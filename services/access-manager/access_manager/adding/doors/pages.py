"""The page door of lists: type or choose one, look at what every row would do, do it, see what became of it, undo."""

import re
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.adding import results, service, undoing
from access_manager.adding.doors.forms import AddSeveralForm, RemoveSeveralForm, sent
from access_manager.adding.reading import COLUMNS, Entry, template
from access_manager.adding.results import Act, Row
from access_manager.adding.service import ADD, REMOVE, Order
from access_manager.console.days import end_of
from access_manager.console.frame import CONSOLE, console_page, for_scope
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID, PROFILES
from access_manager.memberships import service as memberships
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.roster.candidates import candidates
from access_manager.rules.deputies import Scope
from access_manager.rules.removal import REMOVAL_REASONS
from shared.crypto import sha256
from shared.errors import Problem
from shared.spreadsheet import rows as csv_rows
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext
from shared.web.shell.language import words
from shared.web.signin import person

blueprint = Blueprint("adding_pages", __name__)
PEOPLE, BATCHES = f"{CONSOLE}/people", f"{CONSOLE}/batches"
SEVERAL, REMOVING = f"{PEOPLE}/add/several", f"{PEOPLE}/remove"
_A_BATCH = re.compile(r"bat_[0-9a-z]{26}")


@blueprint.get(f"{PEOPLE}/add/template.csv")
@manager_page
@for_scope(Scope.PEOPLE)
def example(organization: Organization) -> Response:
    """A file to fill in, as spreadsheet programs take it."""
    body = "".join(csv_rows(COLUMNS, template(PROFILES[0].id)))
    answer = Response(body, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer


@blueprint.get(SEVERAL)
@manager_page
@for_scope(Scope.PEOPLE)
def add_several(organization: Organization) -> ResponseReturnValue:
    """The form for a list of people to add."""
    return _add_page(organization, {}, {})


@blueprint.post(SEVERAL)
@manager_act
@for_scope(Scope.PEOPLE)
def add_list(organization: Organization) -> ResponseReturnValue:
    """Show what each row would do; or, from that page, do it."""
    values, errors = read_form(AddSeveralForm)
    if errors:
        return _add_page(organization, values, errors, 422)
    text, listed, fault = sent(values["list"], service.tasks(context().settings.languages))
    values["list"] = text
    if fault:
        return _add_page(organization, values, {"list": words().render(fault)}, 422)
    ends_at = end_of(values["ends_on"]) if values["ends_on"] else None
    order = Order(ADD, listed, values["functions"], ends_at)
    return _done_or_looked(organization, order, values, "manage/add_check.html", SEVERAL)


@blueprint.get(REMOVING)
@manager_page
@for_scope(Scope.PEOPLE)
def remove_several(organization: Organization) -> ResponseReturnValue:
    """The form for people to remove: ticked, pasted or in a file; `?member=` ticks, `?reason=` chooses."""
    chosen = {"member": request.args.getlist("member"), "reason": request.args.get("reason")}
    return _remove_page(organization, chosen, {})


@blueprint.post(REMOVING)
@manager_act
@for_scope(Scope.PEOPLE)
def remove_list(organization: Organization) -> ResponseReturnValue:
    """Show every removal first; or, from that page, remove."""
    values, errors = read_form(RemoveSeveralForm)
    if request.form.get("act") == "search":
        return _remove_page(organization, values, {})
    if errors:
        return _remove_page(organization, values, errors, 422)
    text, listed, fault = sent("\n".join([values["list"], *_ticked(organization, values["member"])]), {})
    values |= {"list": text.strip(), "member": []}
    if fault:
        return _remove_page(organization, values, {"list": words().render(fault)}, 422)
    order = Order(REMOVE, [_address_only(each) for each in listed], reason=values["reason"])
    return _done_or_looked(organization, order, values, "manage/add_remove_check.html", REMOVING)


@blueprint.get(f"{BATCHES}/<batch_id>")
@manager_page
@for_scope(Scope.PEOPLE)
def batch(organization: Organization, batch_id: str) -> ResponseReturnValue:
    """Show what became of a list."""
    return _batch_page(organization, batch_id, {})


@blueprint.post(f"{BATCHES}/<batch_id>")
@manager_act
@for_scope(Scope.PEOPLE)
def undo(organization: Organization, batch_id: str) -> ResponseReturnValue:
    """Undo it."""
    try:
        with transaction() as work:
            undoing.undo(work, organization.id, batch_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _batch_page(organization, batch_id, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{BATCHES}/{batch_id}", 303)


def _done_or_looked(
    organization: Organization, order: Order, values: Values, template_name: str, here: str
) -> ResponseReturnValue:
    batch_id, seen = request.form.get("batch", ""), _seen(values["list"])
    # A list that was edited after the look is looked at again before anything is done.
    as_seen = request.form.get("seen") == seen and _A_BATCH.fullmatch(batch_id)
    if request.form.get("act") == "commit" and as_seen:
        with transaction() as work:
            carried = service.carry_out(work, organization.id, order, batch_id)
        if carried.batch is not None:
            return redirect(f"{BATCHES}/{carried.batch.id}", 303)
    with reading() as session:
        rows = service.check(session, organization, order, actor(), context().clock.now())
    facts = {"values": values, "batch_id": context().ids.new("bat"), "back": here, "seen": seen}
    shown = {**facts, **_shown(rows, results.WILL)}
    return console_page(template_name, organization, PEOPLE, 200, reasons=REMOVAL_REASONS, **shown)


def _seen(text: str) -> str:
    """Name a list by its words: browsers send line ends as they like."""
    return sha256(" ".join(text.split()))


def _add_page(organization: Organization, values: Values, errors: Errors, status: int = 200) -> Response:
    shown = {"list": "", "functions": [], "ends_on": None, **values}
    profile = request.args.get("profile") if not values else None
    ticks = boxes(shown["functions"], kind=organization.kind, contracted=organization.contracted, profile=profile)
    facts = {"values": shown, "errors": errors, "boxes": ticks, "profiles": PROFILES, "recent": _recent(organization)}
    return console_page("manage/add_several.html", organization, PEOPLE, status, **facts)


def _remove_page(organization: Organization, values: Values, errors: Errors, status: int = 200) -> Response:
    shown = {"list": "", "member": [], "reason": None, **values}
    with reading() as session:
        found = candidates(session, organization, own=False, but=(person().account_id,), also=shown["member"])
    facts = {
        "values": shown,
        "errors": errors,
        "found": found,
        "members": [each for each in found.rows if each.email],
        "reasons": REMOVAL_REASONS,
        "recent": _recent(organization),
    }
    return console_page("manage/add_remove.html", organization, PEOPLE, status, **facts)


def _batch_page(organization: Organization, batch_id: str, errors: Errors, status: int = 200) -> Response:
    with reading() as session:
        found = service.find(session, organization.id, batch_id)
        names = people.names(session, [each for each in (found.made_by, found.undone_by) if each])
    rows = [results.read(each) for each in found.rows]
    may_undo = found.undone_at is None and not undoing.over(found, context().clock.now())
    facts = {"batch": found, "errors": errors, "names": names, "may_undo": may_undo, "reasons": REMOVAL_REASONS}
    until: datetime = found.made_at + results.UNDO_WITHIN
    return console_page(
        "manage/add_done.html", organization, PEOPLE, status, **facts, until=until, **_shown(rows, results.DID)
    )


def _shown(rows: list[Row], said: dict[Act, str]) -> dict[str, object]:
    """What the tables of rows take: those to mend apart from the others."""
    return {
        "faults": [row for row in rows if row.act is Act.FAULT],
        "others": [row for row in rows if row.act is not Act.FAULT],
        "changes": sum(row.act in results.CHANGES for row in rows),
        "said": said,
        "catalogue": BY_ID,
    }


def _ticked(organization: Organization, chosen: list[str]) -> list[str]:
    with reading() as session:
        members = memberships.seen_by(session, actor(), organization.id, context().clock.now())
        names = people.names(session, [each.account_id for each in members if each.id in chosen])
    return [each.email for each in names.values() if each.email]


def _address_only(entry: Entry) -> Entry:
    """A removal looks at the address; what else a row says is no reason to leave it out."""
    return replace(entry, faults=tuple(each for each in entry.faults if each.slug.startswith("email")))


def _recent(organization: Organization) -> list[object]:
    with reading() as session:
        return list(service.recent(session, organization.id, context().clock.now()))
