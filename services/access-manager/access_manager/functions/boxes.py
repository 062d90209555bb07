"""The functions as a form offers them: plain tasks under their categories, pure."""

from collections.abc import Collection
from dataclasses import dataclass

from access_manager.functions.catalogue import BY_ID, PROFILES, Function, by_category, entitled, in_order, unfit


@dataclass(frozen=True)
class Boxes:
    """What the checkboxes show: `groups` to choose from, the `chosen` ones, and what may not be chosen here, by why.

    `of_care`: only those who give care hold it; `of_contract`: only organizations with a contract.
    """

    groups: list[tuple[str, list[Function]]]
    chosen: Collection[str]
    of_care: list[Function]
    of_contract: list[Function]


def boxes(
    chosen: Collection[str],
    *,
    kind: str,
    contracted: bool,
    among: Collection[str] = tuple(BY_ID),
    profile: str | None = None,
) -> Boxes:
    """Return boxes for what an organization may hold of `among`, with `chosen` ticked, or a named access profile.

    Nothing is offered that saving would refuse; what is chosen already and may not be held is named beside it.
    """
    possible = set(entitled(kind=kind, contracted=contracted))
    bundle = next((each.functions for each in PROFILES if each.id == profile), None)
    ticked = set(chosen if bundle is None else bundle)
    withheld = set(in_order(chosen)) - possible
    of_care = unfit(withheld, kind=kind)
    return Boxes(
        groups=by_category(possible & set(among)),
        chosen=ticked & possible,
        of_care=[BY_ID[each] for each in of_care],
        of_contract=[BY_ID[each] for each in in_order(withheld - set(of_care))],
    )
