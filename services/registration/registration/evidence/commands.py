"""The command line of evidence: `registration evidence import FILE`."""

import csv
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click

from registration.directory.vault import TinVault
from registration.evidence import imports
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.imports import RowFault
from shared.cli import as_json_option, open_context, show


@click.group("evidence", help="What proves an organization without a call: the payer's claims and payments.")
def evidence() -> None:
    """Group of the commands of evidence."""


@evidence.command("import", help="Read a CSV; rows with faults are left out and listed in FILE.errors.csv.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_context
def import_file(place: click.Context, file: Path, as_json: bool) -> None:
    """Exit 1 where rows were left out."""
    context = open_context(place)
    errors = file.with_name(file.name + ".errors.csv")
    with ExitStack() as open_files:
        source = open_files.enter_context(file.open(encoding="utf-8-sig", newline=""))
        report = _Report(errors, open_files)
        vault, hasher = context.part(TinVault), context.part(EvidenceHasher)
        try:
            counts = imports.run(imports.read(source), vault, hasher, context.transaction, report.add)
        except (OSError, ValueError, csv.Error) as error:
            raise click.ClickException(str(error)) from error
    show([{**asdict(counts), "errors": str(errors) if counts.left_out else None}], as_json)
    place.exit(1 if counts.left_out else 0)


class _Report:
    """The error file, made with the first fault."""

    def __init__(self, path: Path, files: ExitStack) -> None:
        self._path = path
        self._files = files
        self._stream: TextIO | None = None

    def add(self, fault: RowFault) -> None:
        """Write one fault; it never repeats the row's content."""
        if self._stream is None:
            self._stream = self._files.enter_context(self._path.open("w", encoding="utf-8", newline=""))
            csv.writer(self._stream).writerow(["line", "column", "message"])
        csv.writer(self._stream).writerow([fault.line, fault.column, fault.message])
