"""The operator's acts on the command line: maintenance. Every one takes `--json`."""

from collections.abc import Callable, Sequence
from datetime import datetime

import click

from availability.acting import INSTANT, acting, reason_option
from availability.maintenance import service
from availability.maintenance.models import Maintenance, listed
from availability.maintenance.states import Allowed, Repeat, Wish
from shared.cli import as_json_option, open_context, show
from shared.service import Work


@click.group("maintenance", help="Maintenance: list, plan, start, end, cancel.")
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
@click.argument("calendars", nargs=-1)
@click.option("--function", "functions", multiple=True, help="A single function; again for each.")
@click.option("--client", "clients", multiple=True, help="Only for this client id; again for each.")
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    type=click.Choice([str(kind) for kind in Allowed]),
    help="Who passes nevertheless.",
)
@click.option("--allow-client", "allowed_clients", multiple=True, help="This client id passes; again for each.")
@click.option("--every-days", type=int, help="It repeats after so many days; give --times or --until.")
@click.option("--times", type=int, help="How many times it happens in all.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it may start.")
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
    /,
    starts: datetime | None,
    ends: datetime | None,
    emergency: bool,
    message_en: str,
    message_es: str,
    reason: str,
    as_json: bool,
    every_days: int | None,
    times: int | None,
    until: datetime | None,
    **named: Sequence[str],
) -> None:
    """The same use case as the page and the API."""
    message = tuple((language, text) for language, text in (("en", message_en), ("es", message_es)) if text)
    repeat = Repeat(every_days, times, until.date() if until else None) if every_days else None
    reach = {name: frozenset(given) for name, given in named.items()}
    wish = Wish(
        reason=reason, starts_at=starts, ends_at=ends, emergency=emergency, message=message, repeat=repeat, **reach
    )
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


@maintenance.command("cancel", help="Cancel a maintenance that has not begun.")
@click.argument("maintenance_id")
@click.option("--rest", is_flag=True, help="And the later ones of its series.")
@reason_option
@as_json_option
@click.pass_context
def maintenance_cancel(place: click.Context, maintenance_id: str, rest: bool, reason: str, as_json: bool) -> None:
    """One, or one and all that follow it."""
    row = acting(open_context(place), lambda work: service.cancel(work, maintenance_id, reason, rest=rest))
    show(service.state_of(row), as_json)
