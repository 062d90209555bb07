"""Tokens per second: ours, a bare view under the same server, Authlib's stock server, and npm oidc-provider.

Also how gunicorn's kinds of workers compare for this work, which decides deploy/gunicorn_conf.py.
"""

from collections.abc import Iterator

from deploy.stack.table import POOL
from tests.performance.contest import Rival, contest
from tests.performance.house import ROOT, House, form_request, python
from tests.performance.load import request
from tests.performance.node import MEMORY, NoNode, node
from tests.performance.table import Row, against

_BENCH = ("bench", "s" * 43)
_FORM = {"grant_type": "client_credentials", "scope": "bench"}
_KINDS = {
    "one thread, nothing handed over": ("--worker-class", "deploy.one_thread.OneThreadWorker", "--threads", "1"),
    "gthread, 1 thread": ("--worker-class", "gthread", "--threads", "1"),
    "gthread, 2 threads": ("--worker-class", "gthread", "--threads", "2"),
    "gthread, 4 threads": ("--worker-class", "gthread", "--threads", "4"),
    "gthread, 8 threads": ("--worker-class", "gthread", "--threads", "8"),
    "sync (a connection per request)": ("--worker-class", "sync", "--threads", "1"),
}


def measure(house: House) -> Iterator[Row]:
    """Client credentials and introspection, with every reference that can be had."""
    ours = Rival("ours", house.programs, house.token_request("access.evaluate", "/api/access"))
    bare = Rival("a bare Flask view", _bare(house), request("POST", "/bare", "127.0.0.1", body=b"x=1"))
    rivals = [ours, bare, _authlib(house)]
    work = "client credentials, ES256 JWT"
    try:
        name, address = node(house, MEMORY)
        rivals.append(Rival(name, address, form_request("/token", _FORM, *_BENCH)))
    except NoNode as why:
        yield Row(work, "–", f"npm oidc-provider: {why}", goal="≥ 0.6")
    contest(rivals)
    for rival, goal in zip(rivals[1:], ("–", "≥ 4", "≥ 0.6"), strict=False):
        yield against(work, ours.rates, rival.name, rival.rates, goal)


def kinds_of_workers(house: House) -> Iterator[Row]:
    """The token path under each kind of worker; the first is the reference."""
    raw = house.token_request("access.evaluate", "/api/access")
    for web in ("identity", POOL):
        house.end(web)
    try:
        rivals = [_of_kind(house, number, name, raw) for number, name in enumerate(_KINDS)]
        contest(rivals)
    finally:
        for web in ("identity", POOL):
            house.stack.processes[web].start()
            house.stack.wait_ready(web)
    for rival in rivals[1:]:
        yield against(f"token path under {rival.name}", rival.rates, rivals[0].name, rivals[0].rates)


def _of_kind(house: House, number: int, name: str, raw: bytes) -> Rival:
    words = [*_KINDS[name], "identity.wsgi:app"]
    return Rival(name, house.serve(f"kind-{number}", words, _without_metrics(house), "/healthz"), raw)


def _without_metrics(house: House) -> dict[str, str]:
    environment = house.environment("identity")
    return {name: value for name, value in environment.items() if name != "PROMETHEUS_MULTIPROC_DIR"}


def _bare(house: House) -> tuple[str, int]:
    return house.serve("bare", ["tests.performance.peers.bare:app"], {"WEB_THREADS": "1"}, "/bare")


def _authlib(house: House) -> Rival:
    environment = {"PEER_DATABASE": house.servers.postgres.create_database("authlib_peer"), "PYTHONPATH": str(ROOT)}
    environment |= {"AUTHLIB_INSECURE_TRANSPORT": "1", "WEB_THREADS": "1"}
    house.stack.run("authlib-prepare", python("-m", "tests.performance.peers.authlib_server"), environment)
    address = house.serve("authlib", ["tests.performance.peers.authlib_server:app"], environment, "/token")
    return Rival("Authlib's stock Flask server", address, form_request("/token", _FORM, *_BENCH))
