"""`/hours/calendars` and `/hours/versions`: change the hours of a calendar after a look at what flips; go back.

form ──look──▶ preview (nothing written) ──publish──▶ next version
  ▲──────────────────┘ change something          version page ──roll back──▶ next version
"""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from availability.calendars import service
from availability.calendars.document import Document, parse
from availability.calendars.models import read_head
from availability.calendars.schedule import Calendar, Kind
from availability.calendars.service import current_schedule, version_of
from availability.hours.frame import faults, frame
from availability.hours.schedule_forms import ALWAYS, NO_EXCEPTION, WINDOWS, CalendarForm, RollbackForm, drafted, shown
from availability.operators import operators
from shared.errors import Problem, not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import read_form
from shared.web.shell import page
from shared.web.shell.language import gettext as _

blueprint = Blueprint("schedule", __name__, url_prefix="/hours")
LOOK, PUBLISH = "look", "publish"


@blueprint.get("/calendars/<calendar_id>")
@operators()
def edit(calendar_id: str) -> ResponseReturnValue:
    """The hours of one calendar, to change."""
    one, seen, _document = _calendar(calendar_id)
    return _form(one, {**shown(one), "seen": seen}, {})


@blueprint.post("/calendars/<calendar_id>")
@operators(acting=True)
def change(calendar_id: str) -> ResponseReturnValue:
    """Look at the change, go back to the form, or publish it: the button says which."""
    one, _seen, document = _calendar(calendar_id)
    values, errors = read_form(CalendarForm)
    act = request.form.get("act", LOOK)
    if errors or act not in (LOOK, PUBLISH):
        return _form(one, _typed() if not errors else values, errors)
    draft = drafted(document, calendar_id, values)
    try:
        return _publish(draft, values) if act == PUBLISH else _look(one, draft)
    except Problem as refused:
        return _form(one, _typed(), faults(refused, {}))


@blueprint.get("/versions/<int(max=2147483647):version>")
@operators()
def version(version: int) -> ResponseReturnValue:
    """An earlier version: what it says, and what going back to it would change."""
    return _version(version, {}, {})


@blueprint.post("/versions/<int(max=2147483647):version>")
@operators(acting=True)
def roll_back(version: int) -> ResponseReturnValue:
    """Publish it again."""
    values, errors = read_form(RollbackForm)
    if errors:
        return _version(version, values, errors)
    try:
        with transaction() as work:
            service.roll_back(work, version, values["reason"], values["seen"])
    except Problem as refused:
        if refused.status == 404:
            raise
        return _version(version, _typed(), faults(refused, {}))
    return redirect("/hours?done=published", 303)


def _calendar(calendar_id: str) -> tuple[Calendar, int, dict[str, Any]]:
    with reading() as session:
        head, schedule = current_schedule(session)
        document = version_of(session, head.version).document
    if calendar_id not in schedule.calendars:
        raise not_found()
    return schedule.calendars[calendar_id], head.version, document


def _form(one: Calendar, values: dict[str, Any], errors: dict[str, str]) -> ResponseReturnValue:
    return page(
        "availability/calendar_form.html",
        status=422 if errors else 200,
        one=one,
        values=values,
        errors=errors,
        opens=[(ALWAYS, _("Always")), (WINDOWS, _("At the hours below"))],
        kinds=[
            (NO_EXCEPTION, _("No new exception")),
            (Kind.CLOSURE, _("Closed between two times")),
            (Kind.OPENING, _("Open between two times")),
        ],
        **frame(),
    )


def _publish(draft: Document, values: dict[str, Any]) -> ResponseReturnValue:
    with transaction() as work:
        service.publish(work, draft, values["reason"], values["seen"])
    return redirect("/hours?done=published", 303)


def _look(one: Calendar, draft: Document) -> ResponseReturnValue:
    with reading() as session:
        found = service.preview(session, draft, context().clock.now())
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", "act"}]
    return page("availability/calendar_preview.html", one=one, found=found, typed=typed, **frame())


def _version(version: int, values: dict[str, Any], errors: dict[str, str]) -> ResponseReturnValue:
    with reading() as session:
        row, seen = version_of(session, version), read_head(session).version
        found = service.preview(session, row.document, context().clock.now())
    shape = parse(row.document, version)
    status = 422 if errors else 200
    values = {**values, "seen": seen}
    return page(
        "availability/version.html", status, row=row, shape=shape, found=found, values=values, errors=errors, **frame()
    )


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "keep": request.form.getlist("keep")}
