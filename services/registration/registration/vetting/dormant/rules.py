"""Whether an organization is without a manager who is there. Pure: the newest news of each kind comes in.

All events of an organization are numbered in one sequence, so it does not matter in which order they arrive.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from registration.vetting.cases import CaseState


@dataclass(frozen=True)
class Known:
    """The newest of `manager.changed`, and the newest of `manager.dormant` and `manager.returned`.

    `dormant`: the account of the manager who stays away; None since they came back.
    """

    managers: Sequence[str] = ()
    managers_sequence: int = 0
    dormant: str | None = None
    dormancy_sequence: int = 0


def dark(known: Known) -> bool:
    """Whether the only manager stays away, as far as anybody told. Nobody at all is no manager who is there."""
    return known.dormant is not None and not _another(known, known.dormant)


def ended(known: Known, manager: str) -> CaseState | None:
    """How the case about a manager is over by itself; None while it is not."""
    if known.dormant is None:
        return CaseState.RETURNED
    return CaseState.REPLACED if known.dormant != manager or _another(known, manager) else None


def _another(known: Known, manager: str) -> bool:
    """Whether somebody else manages by news that are newer than those of the one who stays away."""
    return known.managers_sequence > known.dormancy_sequence and any(each != manager for each in known.managers)
