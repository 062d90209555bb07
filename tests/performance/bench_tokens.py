"""Tokens per second: ours, a bare view under the same server, Authlib's stock server, and npm oidc-provider.

Also introspection, and how gunicorn's kinds of workers compare for this work, which decides deploy/gunicorn_conf.py.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from deploy.servers.debian import free_port
from deploy.servers.process import DidNotStart, Process
from tests.performance.contest import Rival, contest
from tests.performance.house import CORES, ROOT, House, form_request, python
from tests.performance.load import request
from tests.performance.table import Row, against

_BENCH = ("bench", "s" * 43)
_FORM = {"grant_type": "client_credentials", "scope": "bench"}
_KINDS = {
    "gthread, 1 thread": ("--worker-class", "gthread", "--threads", "1"),
    "gthread, 2 threads": ("--worker-class", "gthread", "--threads", "2"),
    "gthread, 4 threads": ("--worker-class", "gthread", "--threads", "4"),
    "gthread, 8 threads": ("--worker-class", "gthread", "--threads", "8"),
    "sync (a connection per request)": ("--worker-class", "sync", "--threads", "1"),
}


def measure(house: House) -> Iterator[Row]:
    """Client credentials and introspection, with every reference that can be had."""
    ours = Rival("ours", house.address("identity"), house.token_request("access.evaluate", "/api/access"))
    bare = Rival("a bare Flask view", _bare(house), request("POST", "/bare", "127.0.0.1", body=b"x=1"))
    rivals = [ours, bare, _authlib(house)]
    node, why = _node(house)
    contest([*rivals, *([node] if node else [])])
    work = "client credentials, ES256 JWT"
    if node:
        yield against(work, ours.rates, node.name, node.rates, "≥ 0.6")
    else:
        yield Row(work, f"{median(ours.rates):,.0f}/s", f"npm oidc-provider: {why}", goal="≥ 0.6")
    yield against(work, ours.rates, rivals[2].name, rivals[2].rates, "≥ 4")
    yield against(work, ours.rates, bare.name, bare.rates)
    yield from _introspection(house, bare, node)


def kinds_of_workers(house: House) -> Iterator[Row]:
    """The token path under each kind of worker; the first is the reference."""
    raw = house.token_request("access.evaluate", "/api/access")
    house.end("identity")
    try:
        rivals = [_of_kind(house, number, name, raw) for number, name in enumerate(_KINDS)]
        contest(rivals)
    finally:
        house.stack.processes["identity"].start()
        house.stack.wait_ready("identity")
    for rival in rivals[1:]:
        yield against(f"token path under {rival.name}", rival.rates, rivals[0].name, rivals[0].rates)


def _of_kind(house: House, number: int, name: str, raw: bytes) -> Rival:
    words = [*_KINDS[name], "identity.wsgi:app"]
    return Rival(name, house.serve(f"kind-{number}", words, _without_metrics(house), "/healthz"), raw)


def _without_metrics(house: House) -> dict[str, str]:
    environment = house.environment("identity")
    return {name: value for name, value in environment.items() if name != "PROMETHEUS_MULTIPROC_DIR"}


def _introspection(house: House, bare: Rival, node: Rival | None) -> Iterator[Row]:
    client = house.facts["service_client"]
    form = {"token": house.token("access.evaluate", "/api/access")}
    raw = form_request("/oauth/introspect", form, client["client_id"], client["client_secret"])
    ours = Rival("ours", house.address("identity"), raw)
    reference = Rival(bare.name, bare.address, bare.raw)
    contest([ours, reference])
    yield against("introspection of a program's token", ours.rates, reference.name, reference.rates)


def _bare(house: House) -> tuple[str, int]:
    return house.serve("bare", ["tests.performance.peers.bare:app"], {}, "/bare")


def _authlib(house: House) -> Rival:
    environment = {"PEER_DATABASE": house.servers.postgres.create_database("authlib_peer"), "PYTHONPATH": str(ROOT)}
    environment["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    house.stack.run("authlib-prepare", python("-m", "tests.performance.peers.authlib_server"), environment)
    address = house.serve("authlib", ["tests.performance.peers.authlib_server:app"], environment, "/token")
    return Rival("Authlib's stock Flask server", address, form_request("/token", _FORM, *_BENCH))


def _node(house: House) -> tuple[Rival | None, str]:
    """npm oidc-provider in a folder that goes away; or why there is none."""
    folder = house.folder / "oidc-provider"
    folder.mkdir()
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None, "no Node.js here"
    command = [
        npm,
        "install",
        "oidc-provider@9",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--prefix",
        str(folder),
    ]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return None, "the registry is away"
    if done.returncode != 0:
        return None, "the registry is away"
    port = free_port()
    script = Path(__file__).parent / "peers" / "oidc_provider.mjs"
    process = Process("oidc-provider", [node, str(script), str(port), str(CORES)], folder, {"NODE_ENV": "production"})
    try:
        address = house.run(process, port, "/.well-known/openid-configuration")
    except DidNotStart as error:
        return None, str(error).splitlines()[0]
    name = f"npm oidc-provider, memory, {CORES} processes"
    return Rival(name, address, form_request("/token", _FORM, *_BENCH)), ""
