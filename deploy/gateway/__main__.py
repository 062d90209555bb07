"""`python -m deploy.gateway` writes routes.conf from the prefixes of the services; `--check` only compares."""

import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.allinone import SERVICES
from deploy.stack.table import POOL, PROGRAMS_CALL
from shared.service import Service

ROUTES = Path(__file__).parent / "routes.conf"
_HEAD = "# Written by `python -m deploy.gateway` from the prefixes in each service's app.py. Do not edit.\n"


def render(services: Sequence[Service] = SERVICES) -> str:
    """Return the location blocks: the longest prefix decides, as in the prefix table of `make run`.

    What programs call goes to the pool that is kept for it.
    """
    entries = [(prefix, service.name) for service in services for prefix in service.prefixes]
    blocks = [_locations(prefix, name) for prefix, name in sorted(entries) if prefix not in PROGRAMS_CALL]
    return _HEAD + "".join([*(_exactly(path, POOL) for path in PROGRAMS_CALL), *blocks])


def _exactly(path: str, web: str) -> str:
    return f"location = {path} {{ proxy_pass http://{web}; }}\n"


def _locations(prefix: str, service: str) -> str:
    if prefix == "/":
        return f"location / {{ proxy_pass http://{service}; }}\n"
    # Two blocks, so that /manage is ours and /management is not.
    return _exactly(prefix, service) + f"location {prefix}/ {{ proxy_pass http://{service}; }}\n"


def main(arguments: Sequence[str]) -> int:
    """Write or compare; return the exit code."""
    wanted = render()
    if "--check" not in arguments:
        ROUTES.write_text(wanted, encoding="utf-8")
        return 0
    current = ROUTES.exists() and ROUTES.read_text(encoding="utf-8") == wanted
    print("routes.conf is current" if current else "routes.conf is out of date: run python -m deploy.gateway")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
