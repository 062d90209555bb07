"""npm oidc-provider in a folder that goes away: installed once for a run, served as often as sections ask for it."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from deploy.servers.debian import free_port
from deploy.servers.process import DidNotStart, Process
from tests.performance.house import CORES, House
from tests.performance.load import Address

MEMORY, REDIS = "memory", "Redis"
_PACKAGES = ("oidc-provider@9", "ioredis@5")
_SCRIPT = Path(__file__).parent / "peers" / "oidc_provider.mjs"


class NoNode(Exception):
    """There is none here; the message says why."""


@cache
def node(house: House, kept_in: str) -> tuple[str, Address]:
    """Return the name and the address of a running provider that keeps its things in MEMORY or REDIS; raises NoNode."""
    port = free_port()
    redis = {"PEER_REDIS": house.servers.redis.url.replace("/0", "/9")} if kept_in == REDIS else {}
    environment = {"NODE_ENV": "production", **redis}
    command = [str(shutil.which("node")), str(_SCRIPT), str(port), str(CORES)]
    process = Process(f"oidc-provider-{kept_in}", command, _installed(house), environment)
    try:
        address = house.run(process, port, "/.well-known/openid-configuration")
    except DidNotStart as error:
        raise NoNode(str(error).splitlines()[0]) from error
    return f"npm oidc-provider, {kept_in}, {CORES} processes", address


@cache
def _installed(house: House) -> Path:
    folder = house.folder / "oidc-provider"
    folder.mkdir()
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NoNode("no Node.js here")
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    command = [npm, "install", *_PACKAGES, *quiet, "--prefix", str(folder)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as error:
        raise NoNode("the registry is away") from error
    if done.returncode != 0:
        raise NoNode("the registry is away")
    return folder
