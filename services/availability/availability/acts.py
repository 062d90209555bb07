"""The operator's acts on the command line, all with `--json`: decide and maintenance; the schedule is beside."""

from collections.abc import Callable, Sequence
from datetime import datetime

import click

from availability.acting import acting, reason_option
from availability.gate.board import Board
from availability.maintenance import service
from availability.maintenance.models import Maintenance, listed
from availability.maintenance.states import Wish
from availability.schedule_acts import schedule
from availability.status.answers import answer
from shared.cli import as_json_option, open_context, show
from shared.service import Work


class InstantType(click.ParamType[datetime]):
    """An instant with its offset, RFC 3339."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it; a time without a zone would be a guess."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("write it like 2026-11-29T05:00:00-05:00", param, ctx)
        if found.tzinfo is None:
            self.fail("add the offset, for example -05:00", param, ctx)
        return found


INSTANT = InstantType()


@click.group()
def commands() -> None:
    """Acts of this service."""


commands.add_command(schedule)


@commands.command("decide", help="Say whether a function is open, now or at an instant.")
@click.argument("function")
@click.option("--at", type=INSTANT, help="An instant with its offset; now where left out.")
@as_json_option
@click.pass_context
def decide(place: click.Context, function: str, at: datetime | None, as_json: bool) -> None:
    """Look it up as the gate would."""
    context = open_context(place)
    moment = at or context.clock.now()
    timetable = context.part(Board).read().timetable
    if function not in timetable.schedule.functions:
        raise click.ClickException(f"There is no function {function}.")
    show({"function": function, **answer(timetable.function(function, moment), moment)}, as_json)


@commands.group("maintenance", help="Maintenance: list, plan, start, end, cancel.")
def maintenance() -> None:
    """Group of maintenance acts."""


@maintenance.command("list", help="The newest 100.")
@as_json_option
@click.pass_context
def maintenance_list(place: click.Context, as_json: bool) -> None:
    """Of every state."""
    with open_context(place).reading() as session:
        show([service.state_of(row) for row in listed(session)], as_json)


@maintenance.command("plan", help="Plan a maintenance of some calendars; without --starts it starts now.")
@click.argument("calendars", nargs=-1, required=True)
@click.option("--starts", type=INSTANT, help="Left out: now.")
@click.option("--ends", type=INSTANT, help="Left out: the end of the allowance, or until it is ended.")
@click.option("--emergency", is_flag=True, help="Needed outside the maintenance allowance.")
@click.option("--message-en", default="", help="What people read in English.")
@click.option("--message-es", default="", help="What people read in Spanish.")
@reason_option
@as_json_option
@click.pass_context
def maintenance_plan(
    place: click.Context,
    calendars: Sequence[str],
    starts: datetime | None,
    ends: datetime | None,
    emergency: bool,
    message_en: str,
    message_es: str,
    reason: str,
    as_json: bool,
) -> None:
    """The same use case as the page and the API."""
    message = tuple((language, text) for language, text in (("en", message_en), ("es", message_es)) if text)
    wish = Wish(frozenset(calendars), reason, starts, ends, emergency, message)
    row = acting(open_context(place), lambda work: service.plan(work, wish))
    show(service.state_of(row), as_json)


@maintenance.command("extend", help="Give a planned or running maintenance another end.")
@click.argument("maintenance_id")
@click.option("--ends", type=INSTANT, help="Left out: until somebody ends it.")
@click.option("--emergency", is_flag=True, help="Needed beyond the maintenance allowance.")
@reason_option
@as_json_option
@click.pass_context
def maintenance_extend(
    place: click.Context, maintenance_id: str, ends: datetime | None, emergency: bool, reason: str, as_json: bool
) -> None:
    """Later or earlier."""
    row = acting(
        open_context(place), lambda work: service.extend(work, maintenance_id, ends, reason, emergency=emergency)
    )
    show(service.state_of(row), as_json)


def _step(name: str, help: str, act: Callable[[Work, str, str], Maintenance]) -> None:
    @maintenance.command(name, help=help)
    @click.argument("maintenance_id")
    @reason_option
    @as_json_option
    @click.pass_context
    def run(place: click.Context, maintenance_id: str, reason: str, as_json: bool) -> None:
        row = acting(open_context(place), lambda work: act(work, maintenance_id, reason))
        show(service.state_of(row), as_json)


_step("start", "Start a scheduled maintenance before its hour.", service.start)
_step("end", "End a maintenance that is in effect.", service.end)
_step("cancel", "Cancel a maintenance that has not begun.", service.cancel)
