"""What departs from the defaults, whoever asks: policies, and the apps, which a room above hands in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from identity.policies import service
from identity.policies.service import Deviation
from shared.service import Context


@dataclass(frozen=True)
class Departure:
    """An app that is held to less than the defaults; `departs` are sentences of `say`."""

    id: str
    name: str
    departs: Sequence[str]
    justification: str
    changed_at: datetime


@dataclass(frozen=True)
class Departures:
    """How to list the apps, for `all_of`."""

    listed: Callable[[Session], list[Departure]]


@dataclass(frozen=True)
class Departing:
    """Every departure: of a policy, the suite's first and then by organization; and of an app, by name."""

    deviations: list[Deviation]
    clients: list[Departure]


def all_of(context: Context, session: Session) -> Departing:
    """Return what departs, for the page, the API and the command line alike."""
    return Departing(service.deviations(session), context.part(Departures).listed(session))
