"""`make stack`: runs the production shape as local processes until Ctrl-C.

HOST, PORT and PUBLIC_URL say where (the sample portal is one port further); `--demo` (or DEMO=1) lets the demo's
people in and keeps mail and text messages readable. Data stay in var/stack between runs.
"""

import signal
import sys
import time
from pathlib import Path

import click

from deploy.servers.process import DidNotStart
from deploy.stack.capture import Captured
from deploy.stack.environment import write_ways_out
from deploy.stack.ground import Servers
from deploy.stack.house import Stack
from deploy.stack.place import Place, reachable


@click.command(help="Run the production shape as local processes until Ctrl-C.")
@click.option("--demo", is_flag=True, envvar="DEMO", help="Let the demo's people and practices in.")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True)
@click.option("--public-url", envvar="PUBLIC_URL", default="", help="What browsers are told; http://localhost:PORT.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/stack"), show_default=True)
def main(demo: bool, host: str, port: int, public_url: str, folder: Path) -> None:
    """Start, tell, watch, end. Exit 1 where something did not start or ended by itself."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    place = Place.at(reachable(folder), host, port, public_url)
    captured = Captured(port + 2) if demo else None
    stack: Stack | None = None
    servers: Servers | None = None
    try:
        _say(f"Starting PostgreSQL, Redis and RabbitMQ (data in {place.folder})")
        servers = Servers.start(place.folder / "servers", durable=True)
        stack = Stack(place, servers, ways_out=captured.ways_out if captured else None)
        _say(f"Starting the services (logs in {place.logs})")
        stack.start()
        facts = stack.seed() if demo else {}
        _tell(stack, captured, facts, time.monotonic() - began)
        _watch(stack)
    except DidNotStart as problem:
        raise click.ClickException(f"{problem}\nSo the stack ends.") from problem
    except KeyboardInterrupt:
        _say("\nEnding")
    finally:
        _end(stack, servers, captured)


def _watch(stack: Stack) -> None:
    while True:
        time.sleep(0.5)
        stack.fail_if_any_ended()


def _end(stack: Stack | None, servers: Servers | None, captured: Captured | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it behind
    if stack is not None:
        stack.stop()
        if captured is not None:
            write_ways_out(stack.place, dict.fromkeys(captured.ways_out, ""))
    if servers is not None:
        servers.stop()
    if captured is not None:
        captured.close()


def _tell(stack: Stack, captured: Captured | None, facts: dict[str, object], seconds: float) -> None:
    place = stack.place
    _say(f"\nGatehouse is ready after {seconds:.1f} s\n")
    lines = {"Everything": place.public_url, "Sample portal": place.portal_url}
    lines |= {f"({name})": place.address(name) for name in place.ports}
    if captured is not None:
        lines["Mail and texts"] = f"{captured.url}/messages.json"
        lines["Demo people"] = str(place.folder / "demo.json")
    for name, address in lines.items():
        _say(f"  {name:<18} {address}")
    if not facts:
        _say("\nNo account yet? For the first operator's one-time link, in another terminal:")
        _say(f'  {place.folder}/bin/identity accounts create-operator --name "Your Name" --email you@example.org')
    _say("\nAddresses in parentheses are the services' own, for operators. Ctrl-C ends everything.")


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
