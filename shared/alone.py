"""A context for a program that asks its own database and nobody else: no cache, no neighbours, no tokens, no bell.

What such a program does in a moment should not wait for a second until everything is loaded that it never uses.
"""

from typing import Any, NoReturn, cast

from shared.clock import SystemClock
from shared.config import Settings
from shared.db import open_database
from shared.ids import RandomIds
from shared.service import Context, Service


class _Nobody:
    """In the place of those who are not there; whoever asks them hears it at once."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(f"this program runs with its database alone; nobody here knows {name!r}")


def alone(service: Service, settings: Settings) -> Context:
    """Open a service's database, and let the service add its own parts."""
    nobody = cast("Any", _Nobody())
    context = Context(
        service=service,
        settings=settings,
        clock=SystemClock(),
        ids=RandomIds(),
        database=open_database(settings.database_url),
        cache=nobody,
        neighbours=nobody,
        verifier=nobody,
        bell=nobody,
    )
    service.build(context)
    return context
