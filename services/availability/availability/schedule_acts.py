"""The operator's acts on the command line: the schedule. Every one takes `--json`."""

import json
from pathlib import Path

import click

from availability.acting import acting, reason_option
from availability.calendars import service
from availability.calendars.document import Document
from availability.calendars.models import read_document, read_head, read_versions
from availability.calendars.schedule import Kind
from availability.calendars.schemas import PreviewShape, VersionsShape
from availability.calendars.service import add_exception, publish
from shared.cli import as_json_option, open_context, show
from shared.errors import Problem


@click.group("schedule", help="The calendars: show, preview, publish, go back, close or open on a date.")
def schedule() -> None:
    """Group of schedule acts."""


@schedule.command("show", help="Print the schedule that counts; edit it and publish it.")
@click.pass_context
def schedule_show(place: click.Context) -> None:
    """Always JSON: it is the document itself."""
    with open_context(place).reading() as session:
        document = read_document(session, read_head(session).version)
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


@schedule.command("publish", help="Publish a schedule from a file as the next version.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@reason_option
@as_json_option
@click.pass_context
def schedule_publish(place: click.Context, file: Path, reason: str, as_json: bool) -> None:
    """Validated as a whole before it counts."""
    document = _document(file)
    version = acting(open_context(place), lambda work: publish(work, document, reason, read_head(work.session).version))
    show({"version": version}, as_json)


@schedule.command("except", help="Close or open a calendar between two local times (YYYY-MM-DDTHH:MM).")
@click.argument("calendar")
@click.argument("kind", type=click.Choice([str(kind) for kind in Kind]))
@click.argument("starts")
@click.argument("ends")
@reason_option
@as_json_option
@click.pass_context
def schedule_except(
    place: click.Context, calendar: str, kind: str, starts: str, ends: str, reason: str, as_json: bool
) -> None:
    """Publishes the next version."""
    entry = {"kind": kind, "starts": starts, "ends": ends}
    version = acting(open_context(place), lambda work: add_exception(work, calendar, entry, reason))
    show({"version": version}, as_json)


@schedule.command("preview", help="Say what publishing a file would change over the next eight weeks.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_context
def schedule_preview(place: click.Context, file: Path, as_json: bool) -> None:
    """Nothing is written."""
    context = open_context(place)
    try:
        with context.reading() as session:
            found = service.preview(session, _document(file), context.clock.now())
    except Problem as refused:
        raise click.ClickException(json.dumps(refused.members.get("errors"))) from refused
    told = PreviewShape().dump(found)
    show(told if as_json else told["flips"], as_json)


@schedule.command("history", help="The newest published versions.")
@as_json_option
@click.pass_context
def schedule_history(place: click.Context, as_json: bool) -> None:
    """Who, when and why."""
    with open_context(place).reading() as session:
        show(VersionsShape().dump({"versions": read_versions(session)})["versions"], as_json)


@schedule.command("rollback", help="Publish an earlier version again, as the next one.")
@click.argument("version", type=int)
@reason_option
@as_json_option
@click.pass_context
def schedule_rollback(place: click.Context, version: int, reason: str, as_json: bool) -> None:
    """What counts until now stays in the history."""
    seen = acting(
        open_context(place),
        lambda work: service.roll_back(work, version, reason, read_head(work.session).version),
    )
    show({"version": seen}, as_json)


def _document(file: Path) -> Document:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file.name} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise click.ClickException(f"{file.name} holds no schedule: an object with calendars and functions.")
    return found
