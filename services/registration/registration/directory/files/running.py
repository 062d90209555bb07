"""An import from its first line to its last, in batches that are committed with their place in the file.

    begin ── or go on with the run that was killed ──▶ batch ▶ batch ▶ … ▶ finish ──▶ tidy
                                                       rows + position      the switch

Two who run the same file at once: one holds the run for a batch, the other waits, finds the position moved, and stops.
"""

import csv
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from registration.directory.files import layouts, models, shelf
from registration.directory.files.faults import FaultFile
from registration.directory.files.layouts import NATIONAL, Layout
from registration.directory.files.models import DirectoryImport, State
from registration.directory.files.sources import Lines, Source, SourceFault, open_source
from shared.service import Context, Work

_FEWEST = 0.9  # a national file with fewer NPIs than this part of the one before is held back
_BITE = 20_000
Told = Callable[[int, int], None]


class Overtaken(RuntimeError):
    """Another process goes on with this run, or has begun a newer file of its layout."""


@dataclass(frozen=True)
class Asked:
    """What the operator said: the file, its layout (None: read it off the first line), and two times "even so"."""

    path: Path
    layout: str | None = None
    again: bool = False
    smaller: bool = False


@dataclass(frozen=True)
class Report:
    """What became of a file. `repeated`: it had been imported before, nothing was done; `errors`: its fault file."""

    run: DirectoryImport
    repeated: bool
    errors: Path | None


def run(context: Context, asked: Asked, told: Told) -> Report:
    """Import a file, or go on with it. `told` hears the bytes done and the bytes there are.

    Raises SourceFault for a file that cannot be read or may not count, Overtaken where another process was faster.
    """
    with open_source(asked.path) as source:
        try:
            return _run(context, asked, source, told)
        except csv.Error as error:
            raise SourceFault(f"line {source.lines.number}: {error}") from error


def _run(context: Context, asked: Asked, source: Source, told: Told) -> Report:
    header = _header(source.lines)
    layout = layouts.layout_of(header)
    if asked.layout not in (None, layout):
        raise SourceFault(f"the first line is that of the layout {layout}")
    with closing(layouts.opened(layout, header, source)) as reader:
        return _through(context, asked, source, layout, reader, told)


def _through(context: Context, asked: Asked, source: Source, layout: str, reader: Layout, told: Told) -> Report:
    faults = FaultFile(asked.path)
    found = _begin(context, asked, source, layout)
    if found.state == State.DONE:
        return Report(found, True, faults.path if found.left_out else None)
    faults.cut(found.errors_size)
    reader.go_on(context, found)
    while _batch(context, found, reader, faults):
        told(found.position, source.size)
    _finish(context, found, asked)
    tidy(context)
    return Report(found, False, faults.path if found.left_out else None)


def _header(lines: Lines) -> list[str]:
    return next(csv.reader(lines), [])


def _begin(context: Context, asked: Asked, source: Source, layout: str) -> DirectoryImport:
    """The run of this very file that has not ended, or its last one where it was the last of all, or a new one."""
    digest = source.digest()
    with context.transaction() as work:
        running = models.running_of(work.session, layout)
        if running is not None and running.file_digest == digest:
            return running
        done = models.last_done(work.session, layout)
        if running is None and done is not None and done.file_digest == digest and not asked.again:
            return done
        fresh = _fresh(work, source, layout, digest)
        try:
            with work.session.begin_nested():
                models.begin(work.session, fresh)
        except IntegrityError as error:
            raise Overtaken("another import has just begun") from error
        return fresh


def _fresh(work: Work, source: Source, layout: str, digest: str) -> DirectoryImport:
    """A run that stands after the first line."""
    return DirectoryImport(
        id=work.ids.new("imp"),
        layout=layout,
        file_name=source.path.name[-255:],
        file_digest=digest,
        state=State.RUNNING,
        position=source.lines.position,
        line=source.lines.number,
        errors_size=0,
        kept=0,
        inactive=0,
        left_out=0,
        started_at=work.now,
        touched_at=work.now,
    )


def _batch(context: Context, found: DirectoryImport, reader: Layout, faults: FaultFile) -> bool:
    """Take one batch in, with its place; False at the end of the file."""
    with context.transaction() as work:
        _hold(work, found)
        batch = reader.fill(work)
        facts = {
            "position": batch.position,
            "line": batch.line,
            "errors_size": faults.add(batch.faults) if batch.faults else found.errors_size,
            "kept": found.kept + batch.kept,
            "inactive": found.inactive + batch.inactive,
            "left_out": found.left_out + len(batch.faults),
        }
        models.advance(work.session, found.id, touched_at=work.now, **facts)
    moved = batch.position > found.position
    for name, value in facts.items():
        setattr(found, name, value)
    return moved


def _hold(work: Work, found: DirectoryImport) -> None:
    if not models.hold(work.session, found.id, found.position):
        raise Overtaken("another process goes on with this file, or imports a newer one")


def _finish(context: Context, found: DirectoryImport, asked: Asked) -> None:
    """End the run; a national file counts from here on."""
    with context.transaction() as work:
        _hold(work, found)
        if found.layout == NATIONAL:
            _switch(work, found, asked)
        models.advance(work.session, found.id, state=State.DONE, touched_at=work.now, finished_at=work.now)
        told = {"layout": found.layout, "file": found.file_digest, "kept": found.kept, "left_out": found.left_out}
        work.audit("directory.imported", target=found.id, after=told)
    found.state, found.finished_at = State.DONE, work.now


def _switch(work: Work, found: DirectoryImport, asked: Asked) -> None:
    """CMS's weekly file has the layout of the full one: it would take most NPIs away, unless somebody means it."""
    before = shelf.size(work.session, shelf.current(work.session))
    if found.kept < _FEWEST * before and not asked.smaller:
        raise SourceFault(
            f"{found.kept} NPIs instead of {before}: is it the full file? It was read and does not count yet; "
            "add --smaller to let it count"
        )
    shelf.switch(work.session, found.generation)


def tidy(context: Context) -> None:
    """Take down every generation that neither counts nor is being filled, also of imports that were abandoned."""
    with context.reading() as session:
        counts = shelf.current(session)
        spent = [each for each in models.ended_generations(session) if each != counts]
    for generation in spent:
        taken = _BITE
        while taken == _BITE:
            with context.transaction() as work:
                taken = shelf.take_down(work.session, generation, _BITE)
