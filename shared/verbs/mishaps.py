"""`events`: what could not be handled, and what becomes of it."""

import sys
from dataclasses import asdict

import click

from shared.cli import as_json_option, open_context, show
from shared.events import parked
from shared.events.inbox import Inbox
from shared.events.replay import discard, replay


@click.group("events", help="Events that could not be handled: list, replay, discard.")
def events() -> None:
    """Group of the verbs about parked events."""


@events.command("parked", help="List parked events, oldest first.")
@as_json_option
@click.pass_context
def list_parked(place: click.Context, as_json: bool) -> None:
    """Print one row for each."""
    with open_context(place).reading() as session:
        show([asdict(row) for row in parked.listed(session)], as_json)


@events.command("replay", help="Hand a parked event to its handler again.")
@click.argument("parked_id")
@click.pass_context
def replay_parked(place: click.Context, parked_id: str) -> None:
    """Exit 1 where the handler failed again."""
    outcome = replay(Inbox(open_context(place)), parked_id)
    click.echo(f"failed again: {outcome.error}" if outcome.error else "handled" if outcome.taken else "known already")
    sys.exit(1 if outcome.error else 0)


@events.command("discard", help="Drop a parked event for a reason, which is audited.")
@click.argument("parked_id")
@click.option("--reason", required=True)
@click.pass_context
def discard_parked(place: click.Context, parked_id: str, reason: str) -> None:
    """Exit 1 where there is none."""
    discard(open_context(place), parked_id, reason)
    click.echo("discarded")
