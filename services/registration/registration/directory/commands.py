"""The command line of the directory: `registration directory import FILE`, `registration directory imports`."""

from pathlib import Path

import click

from registration.directory.files import models, running
from registration.directory.files.models import DirectoryImport
from registration.directory.files.running import Asked, Overtaken
from registration.directory.files.sources import SourceFault
from shared.cli import as_json_option, open_alone, progress, show

_LISTED = 50


@click.group("directory", help="The payer's directory: who has which TIN and NPI.")
def directory() -> None:
    """Group of the directory's commands."""


@directory.command("import", help="Read a CSV or a zip of one; rows with faults are listed in FILE.errors.csv.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--layout", type=click.Choice(["roster", "nppes"]), help="Refuse a file of the other layout.")
@click.option("--again", is_flag=True, help="Read it also where it was the last file imported.")
@click.option("--smaller", is_flag=True, help="Let an NPPES file count that has far fewer NPIs than the last.")
@as_json_option
@click.pass_context
def import_file(
    place: click.Context, file: Path, layout: str | None, again: bool, smaller: bool, as_json: bool
) -> None:
    """Exit 1 where rows were left out, or where the file was refused."""
    context = open_alone(place)
    try:
        with progress(file.name) as told:
            report = running.run(context, Asked(file, layout, again, smaller), told)
    except (SourceFault, Overtaken, OSError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        context.database.close()
    told_errors = str(report.errors) if report.errors else None
    show([{**_shown(report.run), "repeated": report.repeated, "errors": told_errors}], as_json)
    place.exit(1 if report.run.left_out else 0)


@directory.command("imports", help="List the newest imports: file, how far, how much.")
@as_json_option
@click.pass_context
def list_imports(place: click.Context, as_json: bool) -> None:
    """A running one was killed, or is at work; the same command goes on with it."""
    context = open_alone(place)
    with context.reading() as session:
        show([_shown(each) for each in models.listed(session, _LISTED)], as_json)
    context.database.close()


def _shown(run: DirectoryImport) -> dict[str, object]:
    return {
        "id": run.id,
        "layout": run.layout,
        "file": run.file_name,
        "sha256": run.file_digest,
        "state": str(run.state),
        "line": run.line,
        "kept": run.kept,
        "inactive": run.inactive,
        "left_out": run.left_out,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
