"""The operator's commands: decide; the schedule and maintenance are beside. Every one takes `--json`."""

from datetime import datetime

import click

from availability.acting import INSTANT
from availability.gate.board import Board
from availability.maintenance_acts import maintenance
from availability.schedule_acts import schedule
from availability.status.answers import answer
from shared.cli import as_json_option, open_context, show


@click.group()
def commands() -> None:
    """Acts of this service."""


commands.add_command(schedule)
commands.add_command(maintenance)


@commands.command("decide", help="Say whether a function is open, now or at an instant.")
@click.argument("function")
@click.option("--at", type=INSTANT, help="An instant with its offset; now where left out.")
@click.option("--client", help="A client id; maintenance may be for single clients.")
@as_json_option
@click.pass_context
def decide(place: click.Context, function: str, at: datetime | None, client: str | None, as_json: bool) -> None:
    """Look it up as the gate would."""
    context = open_context(place)
    moment = at or context.clock.now()
    timetable = context.part(Board).read().timetable
    if function not in timetable.schedule.functions:
        raise click.ClickException(f"There is no function {function}.")
    show({"function": function, **answer(timetable.function(function, moment, client), moment)}, as_json)
