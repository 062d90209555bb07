"""The clients that call all the time, as they stood a moment ago.

Every token request and every introspection begins with the same few rows; reading and unfolding one costs more than
signing the token. So a process looks at a row at most ten times a second. What changes here counts here at once, and
in the other processes a tenth of a second later; tokens, grants and people are never kept.
"""

import time
from collections.abc import Callable

from identity.oidc.clients import models
from identity.oidc.clients.models import client_of
from identity.oidc.clients.policy import Client
from shared.db import Database

LOOK_EVERY = 0.1  # seconds


class ClientBook:
    """Shared by all threads of a process. `tick` counts seconds and never goes back, whatever the wall clock does."""

    def __init__(self, database: Database, tick: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._tick = tick
        self._known: dict[str, tuple[float, Client]] = {}

    def find(self, client_id: str) -> Client | None:
        """Return the client, or None; an id that nobody has is looked up each time, so strangers fill no memory."""
        now = self._tick()
        until, client = self._known.get(client_id, (now, None))
        if client is not None and now < until:
            return client
        row = models.BY_ID.first(self._database, {"client_id": client_id})
        if row is None:
            self._known.pop(client_id, None)
            return None
        client = client_of(row)
        self._known[client_id] = now + LOOK_EVERY, client
        return client

    def look_again(self, client_id: str) -> Client | None:
        """Return the client as it stands now, whatever was known of it."""
        self._known.pop(client_id, None)
        return self.find(client_id)

    def forget(self) -> None:
        """Look again at the next use: this process has just changed a client."""
        self._known = {}
