"""The operator's acts on streams, for the command line."""

from collections.abc import Callable

import click

from identity.signals.streams import operating
from shared.cli import as_json_option, open_context, show
from shared.errors import Problem
from shared.service import Work

_LONGEST_REASON = 200  # as wide as the column; the receiver reads it
_REASON = click.option("--reason", required=True, help="Kept in the audit; of a pause the receiver reads it.")


@click.group("signals", help="Streams of shared signals: who hears of what happens to accounts.")
def signals_group() -> None:
    """Group of the commands below."""


@signals_group.command("list", help="List every stream, with what waits in it.")
@as_json_option
@click.pass_context
def list_streams(place: click.Context, as_json: bool) -> None:
    """Print streams by client."""
    with open_context(place).reading() as session:
        show(operating.listed(session), as_json)


@signals_group.command("show", help="Show one stream, by its id or its client's.")
@click.argument("name")
@as_json_option
@click.pass_context
def show_stream(place: click.Context, name: str, as_json: bool) -> None:
    """Print one stream, without what its pushes are authorized with."""
    with open_context(place).reading() as session:
        try:
            show([operating.shown(session, name)], as_json)
        except Problem as problem:
            raise click.ClickException(problem.detail) from problem


@signals_group.command("pause", help="Stop a stream: events wait, and its receiver cannot start it again.")
@click.argument("name")
@_REASON
@as_json_option
@click.pass_context
def pause(place: click.Context, name: str, reason: str, as_json: bool) -> None:
    """Stop a stream."""
    said = _line(reason)
    _run(place, name, as_json, lambda work: operating.pause(work, name, said))


@signals_group.command("enable", help="Start a stream again, whoever stopped it.")
@click.argument("name")
@as_json_option
@click.pass_context
def enable(place: click.Context, name: str, as_json: bool) -> None:
    """Start a stream."""
    _run(place, name, as_json, lambda work: operating.enable(work, name))


@signals_group.command("remove", help="Delete a stream with everything that waits in it; switch its client off first.")
@click.argument("name")
@_REASON
@as_json_option
@click.pass_context
def remove(place: click.Context, name: str, reason: str, as_json: bool) -> None:
    """Delete a stream. Its client may make another one, as long as it has the scope."""
    said = _line(reason)
    _run(place, name, as_json, lambda work: operating.remove(work, name, said), gone=True)


def _run(place: click.Context, name: str, as_json: bool, act: Callable[[Work], None], *, gone: bool = False) -> None:
    try:
        with open_context(place).transaction() as work:
            before = operating.shown(work.session, name)
            act(work)
            show([before | {"status": "removed"} if gone else operating.shown(work.session, name)], as_json)
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem


def _line(reason: str) -> str:
    if not reason.strip() or not reason.isprintable() or len(reason) > _LONGEST_REASON:
        raise click.UsageError(f"Give the reason in one line of at most {_LONGEST_REASON} characters.")
    return reason.strip()
