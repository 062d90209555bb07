"""Values of policies in words, and what a form sends for them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from identity.operators.names import name
from identity.policies.bounds import BOUNDS, Flag, Number, Some, Weights
from identity.policies.rules import default_of
from shared.i18n import Translations, say

NEVER, NOBODY, YES, NO = say("never"), say("nobody"), say("yes"), say("no")
ORGANIZATION_TITLES = {
    "idle_minutes": say("Signed out after minutes without use"),
    "life_hours": say("Signed out after hours in any case"),
    "minimum_acr": say("Least level for anything"),
    "function_acr": say("Least level for single functions"),
}


def title(words: Translations, policy: str) -> str:
    """Return what people call the policy, the suite's or an organization's; a name of an earlier release as it is."""
    bound = BOUNDS.get(policy)
    return words.render(bound.title if bound else ORGANIZATION_TITLES.get(policy) or policy)


def shown(words: Translations, value: object) -> str:
    """Return a value in words."""
    if value is None:
        return words.render(NEVER)
    if isinstance(value, bool):
        return words.render(YES if value else NO)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {name(words, str(inner))}" for key, inner in value.items())
    if isinstance(value, list | frozenset):
        return ", ".join(sorted(name(words, str(each)) for each in value)) or words.render(NOBODY)
    return name(words, str(value))


def differing(value: object, default: object) -> object:
    """Return only what differs, where both are lists of points; else the value."""
    if isinstance(value, Mapping) and isinstance(default, Mapping):
        return {key: inner for key, inner in value.items() if default.get(key) != inner}
    return value


def read(policy: str, sent: Mapping[str, Sequence[str]]) -> object:
    """Return the value that a form means: `sent` maps field names to all their answers.

    What is no number stays text, so that the bounds refuse it in their own words.
    """
    kind, first = BOUNDS[policy].kind, (sent.get("value") or [""])[0].strip()
    if isinstance(kind, Number):
        return None if not first and kind.optional else whole(first)
    if isinstance(kind, Flag):
        return {"yes": True, "no": False}.get(first, first)
    if isinstance(kind, Some):
        return list(sent.get("value") or [])
    if isinstance(kind, Weights):
        return {sign: whole((sent.get(f"points_{sign}") or [""])[0].strip()) for sign in default_of_weights()}
    return first


def default_of_weights() -> dict[str, Any]:
    """Return the signs of risk with their default points."""
    found = default_of("risk_weights")
    return dict(found) if isinstance(found, Mapping) else {}


def whole(text: str) -> object:
    """Return the number that the text is, or the text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text
