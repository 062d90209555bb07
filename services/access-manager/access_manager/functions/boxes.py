"""The functions as a form offers them: plain tasks under their categories, pure."""

from collections.abc import Collection
from dataclasses import dataclass

from access_manager.functions.catalogue import BY_ID, PROFILES, Function, by_category, entitled, in_order


@dataclass(frozen=True)
class Boxes:
    """What the checkboxes show: `groups` to choose from, the `chosen` ones, and what may not be chosen here."""

    groups: list[tuple[str, list[Function]]]
    chosen: Collection[str]
    withheld: list[Function]


def boxes(chosen: Collection[str], *, contracted: bool, profile: str | None = None) -> Boxes:
    """Return the boxes with `chosen` ticked, or those of an access profile where one is named."""
    possible = entitled(contracted=contracted)
    bundle = next((each.functions for each in PROFILES if each.id == profile), None)
    ticked = set(chosen if bundle is None else bundle)
    withheld = [BY_ID[each] for each in in_order(chosen) if each not in possible]
    return Boxes(by_category(possible), ticked & set(possible), withheld)
