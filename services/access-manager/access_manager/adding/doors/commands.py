"""Lists on the command line: `members add FILE` and `members remove FILE`, each with a dry run, `members undo`."""

from collections.abc import Sequence
from pathlib import Path

import click

from access_manager.adding import results, service, undoing
from access_manager.adding.doors.routes import shown
from access_manager.adding.reading import ROWS_MOST, Entry, TooManyError, UnreadableError, decoded, entries
from access_manager.adding.results import Row
from access_manager.adding.service import ADD, REMOVE, Order
from access_manager.organizations import service as organizations
from access_manager.rules.removal import REMOVAL_REASONS
from shared.cli import as_json_option, open_context, show
from shared.service import COMMAND_LINE, Context

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_organization = click.option("--organization", "organization_id", required=True, help="The organization's id.")
_dry_run = click.option("--dry-run", is_flag=True, help="Say what each row would do, and do nothing.")


@click.command("add", help="Invite everybody in a CSV file (name, email, access, last day, lines).")
@_file
@_organization
@click.option("--functions", default="", help="Functions for rows that name none, separated by commas.")
@_dry_run
@as_json_option
@click.pass_context
def add_members(
    place: click.Context, file: Path, organization_id: str, functions: str, dry_run: bool, as_json: bool
) -> None:
    """Print one block for each row; exit 1 where a row was left out."""
    context = open_context(place)
    given = [each.strip() for each in functions.split(",") if each.strip()]
    _run(context, organization_id, Order(ADD, _read(context, file), given), dry_run=dry_run, as_json=as_json)


@click.command("remove", help="Remove the access of everybody in a CSV file.")
@_file
@_organization
@click.option("--reason", type=click.Choice(list(REMOVAL_REASONS)), required=True)
@_dry_run
@as_json_option
@click.pass_context
def remove_members(
    place: click.Context, file: Path, organization_id: str, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Print one block for each row; exit 1 where a row was left out."""
    context = open_context(place)
    order = Order(REMOVE, _read(context, file), reason=reason)
    _run(context, organization_id, order, dry_run=dry_run, as_json=as_json)


@click.command("undo", help="Undo a list within 24 hours, where nobody changed anything since.")
@click.argument("batch_id")
@_organization
@as_json_option
@click.pass_context
def undo_members(place: click.Context, batch_id: str, organization_id: str, as_json: bool) -> None:
    """Print what came of each row; exit 1 where the day is over or it was undone before."""
    with open_context(place).transaction() as work:
        rows = [results.read(each) for each in undoing.undo(work, organization_id, batch_id).rows]
    if as_json:
        show([shown(row) for row in rows], as_json=True)
        return
    for row in rows:
        click.echo(f"line {row.number}: {row.email}: {row.undone_sentence or row.sentence or results.DID[row.act]}")


def _read(context: Context, file: Path) -> list[Entry]:
    try:
        return entries(decoded(file.read_bytes()), service.tasks(context.settings.languages))
    except TooManyError as error:
        raise click.ClickException(f"A list has at most {ROWS_MOST} rows.") from error
    except UnreadableError as error:
        raise click.ClickException("This file is no text. Save it as CSV.") from error


def _run(context: Context, organization_id: str, order: Order, *, dry_run: bool, as_json: bool) -> None:
    batch_id, rows = None, _checked(context, organization_id, order) if dry_run else None
    if rows is None:
        with context.transaction() as work:
            carried = service.carry_out(work, organization_id, order)
        rows, batch_id = carried.rows, carried.batch.id if carried.batch else None
    _print(rows, batch_id, dry_run=dry_run, as_json=as_json)
    if any(row.act is results.Act.FAULT for row in rows):
        raise SystemExit(1)


def _checked(context: Context, organization_id: str, order: Order) -> Sequence[Row]:
    with context.reading() as session:
        organization = organizations.find(session, organization_id)
        return service.check(session, organization, order, COMMAND_LINE, context.clock.now())


def _print(rows: Sequence[Row], batch_id: str | None, *, dry_run: bool, as_json: bool) -> None:
    listed = [shown(row) for row in rows]
    if as_json:
        show({"batch_id": batch_id, "dry_run": dry_run, "counts": results.count(rows), "rows": listed}, as_json=True)
        return
    words = results.WILL if dry_run else results.DID
    for row in rows:
        click.echo(f"line {row.number}: {row.email}: {row.sentence or words[row.act]}")
    if batch_id:
        click.echo(f"batch {batch_id}")
