"""The page door of the queue: open cases by due date, narrowed down by what stands in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from registration.applications.browser import see
from registration.desk import acts
from registration.desk.pages import phrases
from registration.desk.pages.forms import FindForm
from registration.desk.pages.frame import QUEUE, agent, case_address, desk_page, staff
from registration.directory.vault import TinVault
from registration.vetting import business_days, reading
from registration.vetting.cases import Ground
from registration.vetting.reading import CaseFile, Queue, QueueFilter
from shared.web import door
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _

blueprint = Blueprint("desk_queue", __name__, url_prefix=QUEUE)
SIZES = (25, 50, 100)
_FLAGS = ("overdue", "call_due", "second", "alerts", "mine")
_IN_A_FILE = 1000
_PAGES = 10_000  # an address can name any number; the database need not skip that many rows


@blueprint.get("", strict_slashes=False)
@staff
def show() -> Response:
    """The open cases by due date."""
    return _page()


@blueprint.post("", strict_slashes=False)
@staff
def find() -> Response:
    """Somebody on the telephone reads a number out: its case, or why there is none. No number stands in an address."""
    values, errors = read_form(FindForm)
    if errors:
        return _page(422, errors=errors)
    with door.reading() as session:
        found = reading.of_number(session, values["number"])
    if found is None:
        told = {"number": _("No application has this number. Ask for it once more.")}
        return _page(422, typed=request.form, errors=told)
    application, case_id = found
    return see(case_address(case_id)) if case_id else _page(told=phrases.no_case(application))


@blueprint.get("/cases.csv")
@staff
def download() -> Response:
    """The same cases as a file for spreadsheets; the page of the queue does not matter."""
    now = door.context().clock.now()
    wanted = replace(filter_of(request.args, now, agent().id), size=_IN_A_FILE, page=1)
    with door.reading() as session:
        found = reading.queue(session, wanted)
    text = "".join(acts.export(found.files, door.context().part(TinVault), now))
    told = {"Content-Disposition": 'attachment; filename="cases.csv"'}
    return Response(text, 200, told, content_type="text/csv; charset=utf-8")


def filter_of(asked: MultiDict[str, str], now: datetime, agent_id: str) -> QueueFilter:
    """What the address asks for; a value nobody offered counts as not asked."""
    ground, only = asked.get("ground", ""), set(asked.getlist("only"))
    size, page = asked.get("size", ""), asked.get("page", "")
    return QueueFilter(
        now=now,
        ground=Ground(ground) if ground in set(Ground) else None,
        overdue="overdue" in only,
        call_due="call_due" in only,
        alerts="alerts" in only,
        second="second" in only,
        agent_id=agent_id if "mine" in only else None,
        size=int(size) if size in map(str, SIZES) else SIZES[0],
        page=min(max(1, int(page)), _PAGES) if page.isascii() and page.isdecimal() and len(page) < 10 else 1,
    )


def _page(
    status: int = 200, *, typed: Mapping[str, str] | None = None, errors: Errors | None = None, told: str = ""
) -> Response:
    now, asked = door.context().clock.now(), request.args
    wanted = filter_of(asked, now, agent().id)
    with door.reading() as session:
        found = reading.queue(session, wanted)
    rows = [_row(each, now) for each in found.files]
    shown = {"rows": rows, "total": found.total, "now": now, **_turned(asked, wanted, found), **_choices(asked, wanted)}
    return desk_page("desk.html", status, values=typed or {}, errors=errors or {}, told=told, **shown)


def _row(file: CaseFile, now: datetime) -> dict[str, object]:
    next_call = file.next_call
    return {
        "file": file,
        "left": business_days.business_days_left(now, file.case.due_at),
        "ground": phrases.grounds()[file.case.ground],
        "alerts": len(file.alerts),
        "waits": file.proposal is not None,
        "next_call": next_call.at if next_call else None,
        "letter": next_call is not None and next_call.letter,
    }


def _turned(asked: MultiDict[str, str], wanted: QueueFilter, found: Queue) -> dict[str, object]:
    """Where this page is among all, and the addresses of the pages before and after it."""
    earlier, later = found.page > 1, found.page < found.pages
    return {
        "page": found.page,
        "pages": found.pages,
        "first": (found.page - 1) * wanted.size + 1,
        "earlier": _address(asked, min(found.page - 1, found.pages)) if earlier else None,
        "later": _address(asked, found.page + 1) if later else None,
    }


def _choices(asked: MultiDict[str, str], wanted: QueueFilter) -> dict[str, object]:
    only = [flag for flag in _FLAGS if flag in asked.getlist("only")]
    words = (_("Overdue"), _("To call now"), _("Waits for a second person"), _("With alerts"), _("That I work on"))
    flags, grounds = dict(zip(_FLAGS, words, strict=True)), phrases.grounds()
    return {
        "grounds": [("", _("All")), *grounds.items()],
        "flags": list(flags.items()),
        "sizes": [(str(size), str(size)) for size in SIZES],
        "chosen": {"ground": wanted.ground or "", "only": only, "size": str(wanted.size)},
        "narrowed": [*([grounds[wanted.ground]] if wanted.ground else []), *(flags[flag] for flag in only)],
        "download": _link(f"{QUEUE}/cases.csv", _without_page(asked)),
    }


def _address(asked: MultiDict[str, str], page: int) -> str:
    return _link(QUEUE, [*_without_page(asked), ("page", str(page))])


def _without_page(asked: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in asked.items(multi=True) if name in ("ground", "only", "size")]


def _link(path: str, asked: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(asked)}" if asked else path
