"""`audit`: the record of acts checked, exported and signed."""

import json
import sys
from typing import TextIO

import click

from shared.audit import chain
from shared.audit.checkpoint import BadCheckpoint, public_keys, read, sign
from shared.audit.export import lines
from shared.cli import open_context
from shared.service import Context


@click.group("audit", help="The append-only record of acts.")
def audit() -> None:
    """Group of the verbs about the record."""


@audit.command("verify", help="Check the chain of the whole record; names the first bad entry.")
@click.option(
    "--checkpoint",
    type=click.File(),
    help="A checkpoint noted earlier: the record must still go through it.",
)
@click.pass_context
def verify(place: click.Context, checkpoint: TextIO | None) -> None:
    """Exit 1 for a record that is not whole."""
    context = open_context(place)
    expected = None
    if checkpoint is not None:
        try:
            expected = read(checkpoint.read(), public_keys(context.settings.secret_keys)).head
        except BadCheckpoint as error:
            raise click.ClickException(f"The checkpoint: {error}") from error
    fault = chain.verify(context.database, expected)
    click.echo("The record is whole." if fault is None else f"Entry {fault.position} ({fault.entry_id}): {fault.why}")
    sys.exit(0 if fault is None else 1)


@audit.command("export", help="Write the record as JSON lines, seals included; it ends with a signed checkpoint.")
@click.pass_context
def export(place: click.Context) -> None:
    """Print line by line, however long the record is."""
    context = open_context(place)
    for line in lines(context.database, lambda head: _signed(context, head)):
        click.echo(line, nl=not line.endswith(b"\n"))


@audit.command("checkpoint", help="Sign how far the record reaches now. Keep it elsewhere.")
@click.pass_context
def checkpoint(place: click.Context) -> None:
    """Print one line (a compact JWS)."""
    context = open_context(place)
    with context.reading() as session:
        click.echo(_signed(context, chain.head(session)))


@audit.command("keys", help="Print the public keys with which anybody can check checkpoints (a JWK set).")
@click.pass_context
def keys(place: click.Context) -> None:
    """Print one line of JSON."""
    click.echo(json.dumps(public_keys(open_context(place).settings.secret_keys)))


def _signed(context: Context, head: chain.Head) -> str:
    return sign(context.settings.secret_keys, context.service.name, head, context.clock.now())
