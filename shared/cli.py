"""The command lines: one program per service with the same verbs, and `gatehouse` for the deployment as a whole.

Every verb that shows something takes `--json`. Exit codes: 0 done, 1 refused or unhealthy, 2 wrong usage.

A verb is known by its name and place, and loaded when somebody asks for it (click's own pattern for that is a group
that does so; ours is a mapping, so that whoever walks through all verbs finds them): the import of a directory starts
without a web framework, and a web server without the tools of the operator. Decision 0055.
"""

import json
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager

import click

from shared.alone import alone
from shared.config import load
from shared.config.settings import SettingsError
from shared.errors import Problem
from shared.loading import loaded
from shared.service import COMMAND_LINE, Context, Service


class Verbs(MutableMapping[str, click.Command]):
    """Commands by name, each given as `module:name` or as it is."""

    def __init__(self, places: Mapping[str, str | click.Command]) -> None:
        self._places = dict(places)

    def __getitem__(self, name: str) -> click.Command:
        found = self._places[name]
        if isinstance(found, str):
            self._places[name] = found = loaded(found)
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places[name] = command

    def __delitem__(self, name: str) -> None:
        del self._places[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_EVERYWHERE = {
    "web": "shared.verbs.serving:web",
    "worker": "shared.verbs.serving:worker",
    "migrate": "shared.verbs.schema:migrate",
    "events": "shared.verbs.mishaps:events",
    "audit": "shared.verbs.record:audit",
    "config": "shared.verbs.shown:config",
    "secrets": "shared.verbs.sealed:secrets",
}


def program(service: Service) -> click.Group:
    """Return the command-line program of a service: the shared verbs and the service's own."""
    own = service.commands.commands if service.commands else {}

    @click.group(name=service.name, help=f"The {service.name} service of Gatehouse.")
    @click.pass_context
    def root(place: click.Context) -> None:
        place.obj = service

    root.commands = ChainMap(own, Verbs(_EVERYWHERE))
    return root


def run(service: Service | str) -> None:
    """Run the program of a service, or of the one at a place (`registration.parts:PARTS`).

    Refusals, and settings that need mending, are told in words, not in a traceback.
    """
    try:
        program(loaded(service) if isinstance(service, str) else service)(standalone_mode=True)
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except Problem as problem:
        click.echo(problem.detail or problem.title, err=True)
        sys.exit(1)


def open_context(place: click.Context) -> Context:
    """Return the context of the service whose program runs, with all of its rooms, from the environment.

    Whoever has a shell acts by it, and the audit says so.
    """
    service = whole(_running(place))
    context: Context = loaded("shared.runtime:build")(service, load(service.settings))
    context.actor = COMMAND_LINE
    return context


def open_alone(place: click.Context) -> Context:
    """The same for a verb that asks its database and nobody else: it starts in half of the time."""
    service = _running(place)
    context = alone(service, load(service.settings))
    context.actor = COMMAND_LINE
    return context


def whole(service: Service) -> Service:
    """Return the service with all of its rooms."""
    found: Service = loaded(service.whole) if service.whole else service
    return found


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


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar, where somebody looks, that hears how much of how much is done; beside the answer, which programs read."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden, width=0) as bar:

        def told(done: int, whole: int) -> None:
            bar.length = whole
            bar.update(done - bar.pos)

        yield told


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def _running(place: click.Context) -> Service:
    service = place.find_object(Service)
    if service is None:
        raise click.UsageError("run this through the program of a service")
    return service


gatehouse = click.Group(
    "gatehouse",
    commands=Verbs({"doctor": "shared.verbs.doctor:doctor"}),
    help="Gatehouse, the deployment as a whole.",
)


def main() -> None:
    """Entry point of `gatehouse`."""
    gatehouse()
