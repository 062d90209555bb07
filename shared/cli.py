"""The command lines: one program per service with the same verbs, and `gatehouse` for the deployment as a whole.

Every verb that shows something takes `--json`. Exit codes: 0 done, 1 refused or unhealthy, 2 wrong usage.
"""

import json
import runpy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TextIO

import click
import httpx

from shared import runtime
from shared.audit import chain
from shared.audit.checkpoint import BadCheckpoint, public_keys, read, sign
from shared.audit.export import lines
from shared.config import load, unsafe_values
from shared.config.settings import SettingsError
from shared.db.migrate import migrate
from shared.errors import Problem
from shared.events import parked
from shared.events.inbox import Inbox
from shared.events.replay import discard, replay
from shared.service import Context, Service

_READY_ADDRESSES = "http://identity:8000 http://registration:8000 http://access-manager:8000 http://availability:8000"


def program(service: Service) -> click.Group:
    """Return the command-line program of a service: the shared verbs and the service's own."""

    @click.group(name=service.name, help=f"The {service.name} service of Gatehouse.")
    @click.pass_context
    def root(place: click.Context) -> None:
        place.obj = service

    verbs: Sequence[click.Command] = (_web, _worker, _migrate, _events, _audit, _config)
    for verb in (*verbs, *(service.commands.commands.values() if service.commands else ())):
        root.add_command(verb)
    return root


def run(service: Service) -> None:
    """Run the program; refusals, and settings that need mending, are told in words, not in a traceback."""
    try:
        program(service)(standalone_mode=True)
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except Problem as problem:
        click.echo(problem.detail or problem.title, err=True)
        sys.exit(1)


def open_context(place: click.Context) -> Context:
    """Return the context of the service whose program runs, from the environment."""
    service = place.find_object(Service)
    if service is None:
        raise click.UsageError("run this through the program of a service")
    return runtime.build(service, load(service.settings))


def show(rows: object, as_json: bool) -> None:
    """Print rows as JSON or as `name: value` blocks."""
    if as_json:
        click.echo(json.dumps(rows, indent=1, default=str))
        return
    for row in rows if isinstance(rows, list) else [rows]:
        if isinstance(row, Mapping):
            click.echo("\n".join(f"{name}: {value}" for name, value in row.items()) + "\n")
        else:
            click.echo(str(row))


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.command("web", help="Serve HTTP with gunicorn (deploy/gunicorn_conf.py).")
@click.option("--bind", default="0.0.0.0:8000", envvar="WEB_BIND", show_default=True, show_envvar=True)
@click.pass_obj
def _web(service: Service, bind: str) -> None:
    load(service.settings)  # refuse here, in one line, rather than in every worker
    module = f"{service.package}.wsgi:app"
    # In this process, as `python -m gunicorn` would: another one would import all of it a second time.
    sys.argv = ["gunicorn", "--config", "python:deploy.gunicorn_conf", "--bind", bind, module]
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


@click.command("worker", help="Relay, consume, send notices and run jobs until told to stop.")
@click.pass_context
def _worker(place: click.Context) -> None:
    runtime.run_worker(open_context(place))


@click.command("migrate", help="Bring the database to this program's revision; safe to run twice and side by side.")
@click.pass_context
def _migrate(place: click.Context) -> None:
    context = open_context(place)
    applied = migrate(context.database, context.service.migrations)
    click.echo(f"{context.service.name}: " + (f"applied {', '.join(applied)}" if applied else "up to date"))


@click.group("events", help="Events that could not be handled: list, replay, discard.")
def _events() -> None:
    pass


@_events.command("parked", help="List parked events, oldest first.")
@as_json_option
@click.pass_context
def _events_parked(place: click.Context, as_json: bool) -> None:
    with open_context(place).reading() as session:
        show([asdict(row) for row in parked.listed(session)], as_json)


@_events.command("replay", help="Hand a parked event to its handler again.")
@click.argument("parked_id")
@click.pass_context
def _events_replay(place: click.Context, parked_id: str) -> None:
    outcome = replay(Inbox(open_context(place)), parked_id)
    click.echo(f"failed again: {outcome.error}" if outcome.error else "handled" if outcome.taken else "known already")
    sys.exit(1 if outcome.error else 0)


@_events.command("discard", help="Drop a parked event for a reason, which is audited.")
@click.argument("parked_id")
@click.option("--reason", required=True)
@click.pass_context
def _events_discard(place: click.Context, parked_id: str, reason: str) -> None:
    discard(open_context(place), parked_id, reason)
    click.echo("discarded")


@click.group("audit", help="The append-only record of acts.")
def _audit() -> None:
    pass


@_audit.command("verify", help="Check the chain of the whole record; names the first bad entry.")
@click.option(
    "--checkpoint",
    type=click.File(),
    help="A checkpoint noted earlier: the record must still go through it.",
)
@click.pass_context
def _audit_verify(place: click.Context, checkpoint: TextIO | None) -> None:
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


@_audit.command("export", help="Write the record as JSON lines, seals included; it ends with a signed checkpoint.")
@click.pass_context
def _audit_export(place: click.Context) -> None:
    context = open_context(place)
    for line in lines(context.database, lambda head: _signed(context, head)):
        click.echo(line, nl=not line.endswith(b"\n"))


@_audit.command("checkpoint", help="Sign how far the record reaches now. Keep it elsewhere.")
@click.pass_context
def _audit_checkpoint(place: click.Context) -> None:
    context = open_context(place)
    with context.reading() as session:
        click.echo(_signed(context, chain.head(session)))


@_audit.command("keys", help="Print the public keys with which anybody can check checkpoints (a JWK set).")
@click.pass_context
def _audit_keys(place: click.Context) -> None:
    click.echo(json.dumps(public_keys(open_context(place).settings.secret_keys)))


def _signed(context: Context, head: chain.Head) -> str:
    return sign(context.settings.secret_keys, context.service.name, head, context.clock.now())


@click.group("config", help="The settings this service would run with.")
def _config() -> None:
    pass


@_config.command("show", help="Print every setting, secrets hidden, and what is unsafe about them.")
@as_json_option
@click.pass_obj
def _config_show(service: Service, as_json: bool) -> None:
    settings = load(service.settings)
    show([{**settings.shown(), "unsafe": unsafe_values(settings)}], as_json)


@click.group(help="Gatehouse, the deployment as a whole.")
def gatehouse() -> None:
    """Group of deployment-wide commands."""


@gatehouse.command("doctor", help="Ask every service whether it is ready, and say what is wrong.")
@click.argument("addresses", nargs=-1)
@as_json_option
def doctor(addresses: Sequence[str], as_json: bool) -> None:
    """Exit 1 where any service is not ready."""
    rows = [_readiness(address) for address in addresses or _READY_ADDRESSES.split()]
    show(rows, as_json)
    sys.exit(0 if all(row["ready"] for row in rows) else 1)


def _readiness(address: str) -> dict[str, object]:
    try:
        answer = httpx.get(f"{address.rstrip('/')}/readyz", timeout=5)
        return {"address": address, "ready": answer.status_code == 200, **answer.json().get("checks", {})}
    except (httpx.HTTPError, ValueError) as error:
        return {"address": address, "ready": False, "error": f"does not answer ({type(error).__name__})"}


def main() -> None:
    """Entry point of `gatehouse`."""
    gatehouse()
