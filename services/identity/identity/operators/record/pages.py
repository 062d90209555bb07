"""The page door of the audit: filter, page, export. Read only; an export is an act and is recorded."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.people.search import named
from identity.operators.record import files, sentences
from identity.operators.record.forms import ExportForm, FilterForm, filters
from identity.operators.record.reading import PAGE, Entry, Filters, entries
from identity.operators.roles import Area
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.language import words

blueprint = Blueprint("operators_record", __name__, url_prefix="/admin/audit")


@blueprint.get("")
@staff(Area.AUDIT)
def show() -> ResponseReturnValue:
    """Show what fits the filters, the newest first. They stand in the address, so that a view can be kept."""
    values, errors = read_form(FilterForm, request.args)
    if errors:
        return _page(values, errors, [])
    older_than = request.args.get("before", type=int)
    with reading() as session:
        found = entries(session, filters(values), older_than)
        names = named(session, {entry.actor for entry in found} | {entry.target for entry in found})
    return _page(values, {}, [_row(entry, names) for entry in found], _older(values, found))


@blueprint.post("/export")
@staff(Area.AUDIT)
def export() -> ResponseReturnValue:
    """Give the entries that fit as a file."""
    values, errors = read_form(ExportForm)
    if errors:
        return _page(values, errors, [])
    wanted, kind = filters(values), values["format"]
    with transaction() as work:
        # Which filters, not what was typed into them: that could be anything, a TIN too.
        work.audit("audit.exported", target="audit", after={"format": kind, "filters": _used(wanted)})
    answer = Response(files.written(context(), wanted, kind), content_type=files.MEDIA[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(values: Values, errors: Errors, rows: list[dict[str, Any]], older: str = "") -> ResponseReturnValue:
    shown = {"values": values, "errors": errors, "rows": rows, "older": older}
    return admin_page("operators/audit.html", 422 if errors else 200, **shown)


def _row(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    happened, detail = sentences.told(words(), entry, names)
    return {"entry": entry, "happened": happened, "detail": detail, "target": names.get(entry.target, entry.target)}


def _older(values: Values, found: list[Entry]) -> str:
    """The query of the next page, or "" on the last one."""
    if len(found) < PAGE:
        return ""
    return urlencode({**{name: value for name, value in values.items() if value}, "before": found[-1].number})


def _used(wanted: Filters) -> list[str]:
    return [name for name, value in asdict(wanted).items() if value]
