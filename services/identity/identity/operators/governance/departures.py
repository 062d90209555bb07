"""What departs from the defaults outside of policies: a room above hands it in, as it is not known here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session


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
    """How to list them, for the page of deviations."""

    listed: Callable[[Session], list[Departure]]
