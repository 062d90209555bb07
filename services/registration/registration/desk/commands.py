"""The desk's acts on the command line: `registration vetting …`. Every one takes `--json`.

Whoever has a shell here has the database too, so all that happens is named "command line" in the record; it may confirm
what an agent proposed, never what it proposed itself.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import click
from marshmallow import Schema, ValidationError

from registration.desk import acts, schemas
from registration.desk.acts import call_record, person_of, seat_of
from registration.desk.showing import shown
from registration.directory.vault import TinVault
from registration.vetting import service
from registration.vetting.cases import CallOutcome, Evidence, Ground
from registration.vetting.dormant import service as dormant
from registration.vetting.service import Agent, Fact, Queue, QueueFilter
from shared.cli import as_json_option, open_context, show
from shared.contracts.shapes import ORGANIZATION_KINDS
from shared.service import Actor, Context, Work

_OPERATOR = Actor("command-line", "system", "staff")
_AGENT = Agent("command-line", "Command line")
Command = Callable[..., None]


@click.group(
    "vetting", help="The desk's cases: list, show, call, seat, refuse, answered, propose, confirm, reject, export."
)
def vetting() -> None:
    """Group of the desk's commands."""


def _filters(command: Command) -> Command:
    for option in (
        click.option("--ground", type=click.Choice([str(each) for each in Ground])),
        click.option("--overdue", is_flag=True, help="Past their due date."),
        click.option("--call-due", is_flag=True, help="To be called now."),
        click.option("--alerts", is_flag=True, help="With warnings."),
        click.option("--second", is_flag=True, help="With a proposal that waits for a second agent."),
        click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="100 cases each."),
    ):
        command = option(command)
    return command


def _seat_options(command: Command) -> Command:
    for option in (
        click.option("--name", "organization_name", required=True, help="Name of the organization."),
        click.option("--kind", "organization_kind", required=True, type=click.Choice(ORGANIZATION_KINDS)),
        click.option("--function", "functions", required=True, multiple=True, help="Once for each function."),
    ):
        command = option(command)
    return command


def _person_options(command: Command) -> Command:
    for option in (
        click.option("--person-name", "display_name", default="", help="Somebody else than the applicant."),
        click.option("--person-email", "email", default=""),
        click.option("--person-mobile", "mobile", default=""),
    ):
        command = option(command)
    return command


@vetting.command("list", help="Open cases, the most urgent first.")
@_filters
@as_json_option
@click.pass_context
def list_cases(place: click.Context, /, as_json: bool, **asked: Any) -> None:
    """One block for each case."""
    context = open_context(place)
    found = _queue(context, asked)
    show([_shown(context, each.case.id) for each in found.files], as_json)


@vetting.command("export", help="Open cases as CSV, safe to open in a spreadsheet.")
@_filters
@as_json_option
@click.pass_context
def export(place: click.Context, /, as_json: bool, **asked: Any) -> None:
    """With --json what `list` prints."""
    context = open_context(place)
    found = _queue(context, asked)
    if as_json:
        show([_shown(context, each.case.id) for each in found.files], as_json)
        return
    click.echo("".join(acts.export(found.files, context.part(TinVault), context.clock.now())), nl=False)


@vetting.command("show", help="One case.")
@click.argument("case_id")
@as_json_option
@click.pass_context
def show_case(place: click.Context, /, case_id: str, as_json: bool) -> None:
    """With its calls, alerts and proposals; contacts masked."""
    show(_shown(open_context(place), case_id), as_json)


@vetting.command("reveal", help="One contact of the applicant in full; the reading is audited.")
@click.argument("case_id")
@click.argument("field", type=click.Choice([str(each) for each in Fact]))
@as_json_option
@click.pass_context
def reveal(place: click.Context, /, case_id: str, field: str, as_json: bool) -> None:
    """Masked everywhere else."""
    with _acting(place) as (_context, work):
        value = service.reveal(work, case_id, _AGENT, Fact(field))
    show([{field: value}], as_json)


@vetting.command("call", help="Record a telephone call to the office.")
@click.argument("case_id")
@click.option("--outcome", required=True, type=click.Choice([str(each) for each in CallOutcome]))
@click.option("--spoke-to", default="", help="Name and role.")
@click.option("--evidence", multiple=True, type=click.Choice([str(each) for each in Evidence]))
@click.option("--number-called", default="", help="Where the directory has none.")
@click.option("--note", default="")
@as_json_option
@click.pass_context
def call(place: click.Context, /, case_id: str, as_json: bool, **typed: Any) -> None:
    """The same rules as on the page."""
    record = call_record(_checked(schemas.CallIn(), {**typed, "evidence": list(typed["evidence"])}))
    fault = acts.call_fault(open_context(place), case_id, record)
    if fault is not None:
        raise click.ClickException(str(fault[1]))
    with _acting(place) as (context, work):
        service.record_call(work, case_id, _AGENT, record)
    show(_shown(context, case_id), as_json)


@vetting.command("schedule", help="Plan the next call, for example 2026-11-30T10:00:00-05:00.")
@click.argument("case_id")
@click.argument("at")
@as_json_option
@click.pass_context
def schedule(place: click.Context, /, case_id: str, at: str, as_json: bool) -> None:
    """An instant with its offset."""
    instant: datetime = _checked(schemas.ScheduleIn(), {"at": at})["at"]
    with _acting(place) as (context, work):
        service.schedule_call(work, case_id, _AGENT, instant)
    show(_shown(context, case_id), as_json)


@vetting.command("seat", help="Seat the applicant, or with --person-… whom the office named.")
@click.argument("case_id")
@_seat_options
@_person_options
@as_json_option
@click.pass_context
def seat(place: click.Context, /, case_id: str, as_json: bool, **typed: Any) -> None:
    """Where it takes two agents this is refused: propose it."""
    context = open_context(place)
    person, values = _person(typed), _seat_values(typed)
    asked = seat_of(_checked(schemas.SeatIn(), values))
    acts.only_offered(context, case_id, asked)
    if person is not None:
        acts.name_another(context, _transaction(context), case_id, _AGENT, asked, person_of(person))
    else:
        with _transaction(context)() as work:
            service.seat(work, context.part(TinVault), case_id, _AGENT, asked)
    show(_shown(context, case_id), as_json)


@vetting.command("refuse", help="Refuse the application; the applicant reads the reason.")
@click.argument("case_id")
@click.option("--reason", required=True)
@as_json_option
@click.pass_context
def refuse(place: click.Context, /, case_id: str, reason: str, as_json: bool) -> None:
    """Final."""
    words = str(_checked(schemas.RefusalIn(), {"reason": reason})["reason"])
    with _acting(place) as (context, work):
        service.refuse(work, case_id, _AGENT, words.strip())
    show(_shown(context, case_id), as_json)


@vetting.command("answered", help="Close the case of a dormant manager: they answered a recorded call and stay.")
@click.argument("case_id")
@as_json_option
@click.pass_context
def answered(place: click.Context, /, case_id: str, as_json: bool) -> None:
    """Refused until a call with `--evidence manager_answers` is recorded."""
    with _acting(place) as (context, work):
        dormant.close_answered(work, case_id, _AGENT)
    show(_shown(context, case_id), as_json)


@vetting.command("propose", help="Propose a seat that takes two agents.")
@click.argument("case_id")
@_seat_options
@_person_options
@click.option("--reason", required=True, help="The second agent reads it.")
@as_json_option
@click.pass_context
def propose(place: click.Context, /, case_id: str, reason: str, as_json: bool, **typed: Any) -> None:
    """Against an alert, without proof, or where managers stay silent."""
    values = {**_seat_values(typed), "reason": reason, "person": _person(typed)}
    body = _checked(schemas.ProposalIn(), values)
    asked, person = seat_of(body), person_of(body["person"]) if body["person"] else None
    context = open_context(place)
    acts.only_offered(context, case_id, asked)
    with _transaction(context)() as work:
        service.propose(work, case_id, _AGENT, asked, reason.strip(), person)
    show(_shown(context, case_id), as_json)


@vetting.command("confirm", help="Confirm what an agent proposed; PROPOSAL_ID as `show` prints it.")
@click.argument("case_id")
@click.argument("proposal_id")
@as_json_option
@click.pass_context
def confirm(place: click.Context, /, case_id: str, proposal_id: str, as_json: bool) -> None:
    """Never what this command line proposed itself."""
    context = open_context(place)
    acts.confirm(context, _transaction(context), case_id, _AGENT, proposal_id)
    show(_shown(context, case_id), as_json)


@vetting.command("reject", help="Turn down what an agent proposed; PROPOSAL_ID as `show` prints it.")
@click.argument("case_id")
@click.argument("proposal_id")
@click.option("--note", required=True, help="Why; colleagues read it.")
@as_json_option
@click.pass_context
def reject(place: click.Context, /, case_id: str, proposal_id: str, note: str, as_json: bool) -> None:
    """The case stays open."""
    words = str(_checked(schemas.RejectionIn(), {"proposal_id": proposal_id, "note": note})["note"])
    with _acting(place) as (context, work):
        service.reject_proposal(work, case_id, proposal_id, _AGENT, words.strip())
    show(_shown(context, case_id), as_json)


@vetting.command("withdraw", help="Take back what this command line proposed; PROPOSAL_ID as `show` prints it.")
@click.argument("case_id")
@click.argument("proposal_id")
@as_json_option
@click.pass_context
def withdraw(place: click.Context, /, case_id: str, proposal_id: str, as_json: bool) -> None:
    """The case stays open."""
    with _acting(place) as (context, work):
        service.withdraw_proposal(work, case_id, proposal_id, _AGENT)
    show(_shown(context, case_id), as_json)


def _queue(context: Context, asked: dict[str, Any]) -> Queue:
    ground = Ground(asked.pop("ground")) if asked.get("ground") else asked.pop("ground", None)
    with context.reading() as session:
        return service.queue(session, QueueFilter(context.clock.now(), ground, size=100, **asked))


def _shown(context: Context, case_id: str) -> dict[str, Any]:
    with context.reading() as session:
        found = service.read_file(session, case_id)
    told = shown(found, context.clock.now(), context.part(TinVault))
    return dict(schemas.CaseOut().dump(told))


def _transaction(context: Context) -> Callable[[], AbstractContextManager[Work]]:
    return lambda: context.transaction(_OPERATOR)


@contextmanager
def _acting(place: click.Context) -> Iterator[tuple[Context, Work]]:
    """One act of the operator; a refusal is told in words by `shared.cli.run`."""
    context = open_context(place)
    with _transaction(context)() as work:
        yield context, work


def _checked(shape: Schema, values: dict[str, Any]) -> dict[str, Any]:
    """The values as the API would take them; a fault is wrong usage."""
    try:
        return dict(shape.load(values))
    except ValidationError as error:
        raise click.UsageError(f"not as expected: {error.messages}") from error


def _seat_values(typed: dict[str, Any]) -> dict[str, Any]:
    names: Sequence[str] = ("organization_name", "organization_kind")
    return {**{name: typed[name] for name in names}, "functions": list(typed["functions"])}


def _person(typed: dict[str, Any]) -> dict[str, Any] | None:
    values = {name: typed[name] for name in ("display_name", "email", "mobile")}
    return _checked(schemas.PersonIn(), values) if any(values.values()) else None
