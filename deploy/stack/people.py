"""Lets the demo's people and practices into a running stack: `python -m deploy.stack.people PLAN`.

A program of its own, so that it meets the same settings and the same clock as the services. PLAN is a JSON file with
`folder`, `public_url`, `portal_url` and `environments` (service → its variables); demo.json is written to the folder.
"""

import json
import secrets
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select

from deploy import demo
from deploy.allinone import SERVICES
from deploy.stack.place import private_file
from shared import runtime
from shared.config import load
from shared.db.floor import outbox
from shared.service import Context

if TYPE_CHECKING:
    from deploy.allinone import Suite

_PATIENCE = 60.0
_CLIENTS = ("registration", "access-manager", "availability", "portal", "trial", "trial-partner", "suite-service")


@dataclass
class Secrets:
    """The secrets of the clients, from the files that the services read too."""

    clients: dict[str, str]


@dataclass
class OnStack:
    """A running stack, as much of it as seeding needs (`deploy.allinone.Suite`)."""

    folder: Path
    public_url: str
    portal_url: str
    contexts: dict[str, Context]
    secrets: Secrets
    facts: dict[str, Any] = field(default_factory=dict)

    def settle(self) -> None:
        """Return when the workers have handed every event to the broker; raises TimeoutError."""
        deadline = time.monotonic() + _PATIENCE
        pause = threading.Event()
        while any(self._waiting(context) for context in self.contexts.values()):
            if time.monotonic() > deadline:
                raise TimeoutError("events stay in the outbox: are the workers running?")
            pause.wait(0.02)

    def _waiting(self, context: Context) -> int:
        with context.reading() as session:
            return int(session.execute(select(func.count()).select_from(outbox)).scalar_one())


def main(file: Path) -> None:
    """Seed the stack that the plan describes."""
    plan = json.loads(file.read_text())
    folder = Path(plan["folder"])
    contexts = {
        service.name: runtime.build(service, load(service.settings, plan["environments"][service.name]))
        for service in SERVICES
    }
    suite = OnStack(folder, plan["public_url"], plan["portal_url"], contexts, Secrets(_client_secrets(folder)))
    demo.seed(cast("Suite", suite))
    private_file(folder / "demo.json", json.dumps(suite.facts, indent=1))


def _client_secrets(folder: Path) -> dict[str, str]:
    files = {name: folder / "secrets" / f"{name.replace('-', '_')}_client_secret" for name in _CLIENTS}
    for path in files.values():
        if not path.exists():  # those of the demo only
            private_file(path, secrets.token_hex(32))
    return {name: path.read_text().strip() for name, path in files.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
