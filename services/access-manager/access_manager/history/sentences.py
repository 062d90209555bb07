"""An entry of the history in plain words, pure: each sentence is a key of the translations with values."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from access_manager.functions.catalogue import BY_ID, in_order
from access_manager.history.acts import ACTS, CODES, DECISIONS, ENDS
from shared.i18n import Message, say

_ANY = "%(actor)s: %(action)s, %(target)s"
_SEATED = "%(actor)s made %(target)s an access manager"
_UNSEATED = "%(actor)s ended the manager role of %(target)s"
_SUSPENDED = "The access of %(target)s is suspended"
_CHANGED = "%(actor)s changed the access of %(target)s"
CHANGES = (_SEATED, _UNSEATED, _SUSPENDED, _CHANGED, _ANY)


def sentence(action: str, actor: str, target: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Message:
    """Say what happened; an act nobody has words for is named as it is."""
    if action in DECISIONS:
        key = DECISIONS[action].get(str(after.get("outcome")), DECISIONS[action]["denied"])
    elif action == "membership.changed":
        key = _change(before, after)
    else:
        key = ACTS.get(action, _ANY)
    return say(key, actor=actor, target=target, action=action)


def tasks(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the tasks (keys of the translations) that came and those that went; requests move none by themselves."""
    if not action.startswith("membership."):
        return [], []
    held, holds = set(before.get("functions") or ()), set(after.get("functions") or ())
    return _tasks(holds - held), _tasks(held - holds)


def concerns(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the tasks an act is about that changes nothing by itself: a request, a proposal, a connection."""
    if action.startswith("membership."):
        return []
    named = after.get("functions") or before.get("functions") or ()
    return _tasks(named if isinstance(named, list | tuple) else ())


def end(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[datetime | None, bool]:
    """Return until when something holds since this act (None: without an end), and whether the act changed that."""
    name = ENDS.get(action, "")
    given, had = (datetime.fromisoformat(each[name]) if each.get(name) else None for each in (after, before))
    return given, given != had


def why(action: str, reason: str | None) -> str | None:
    """Return the sentence of a reason from a list, or somebody's own words as they are; None for a bare code."""
    if not reason:
        return None
    listed = CODES.get(action.partition(".")[0], {})
    return listed.get(reason) or (reason if " " in reason else None)


def _change(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if before.get("role") != after.get("role"):
        return _SEATED if after.get("role") == "manager" else _UNSEATED
    return _SUSPENDED if after.get("status") == "suspended" else _CHANGED


def _tasks(functions: Collection[str]) -> list[str]:
    return [BY_ID[each].task for each in in_order(functions)]
