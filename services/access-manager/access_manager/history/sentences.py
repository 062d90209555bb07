"""An entry of the history in plain words, pure: each sentence is a key of the translations with values."""

from collections.abc import Collection, Mapping
from typing import Any

from access_manager.approvals.flow import DENIAL_REASONS
from access_manager.functions.catalogue import BY_ID, in_order
from access_manager.rules.removal import REMOVAL_REASONS
from shared.i18n import Message, say

DECISIONS = {
    "approved": "%(actor)s approved the request of %(target)s",
    "approved_with_changes": "%(actor)s approved the request of %(target)s with other functions",
    "denied": "%(actor)s denied the request of %(target)s",
}
ACTS = {
    "organization.created": "The organization was added",
    "approval.required": "%(target)s asked to join",
    "approval.reminded": "The access managers were reminded of the request of %(target)s",
    "approval.decided_by_desk": "The support desk decided about the request of %(target)s",
    "approval.escalated": "No access manager was there to ask about the request of %(target)s",
    "approval.withdrawn": "%(target)s withdrew the request to join",
    "membership.granted": "%(actor)s gave access to %(target)s",
    "membership.removed": "%(actor)s removed the access of %(target)s",
    "recovery.started": "%(actor)s let a link be sent to %(target)s, to choose a new password",
}
_ANY = "%(actor)s: %(action)s, %(target)s"
_SEATED = "%(actor)s made %(target)s an access manager"
_UNSEATED = "%(target)s is no longer an access manager, by %(actor)s"
_CHANGED = "%(actor)s changed the access of %(target)s"
CHANGES = (_SEATED, _UNSEATED, _CHANGED, _ANY)


def sentence(action: str, actor: str, target: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Message:
    """Say what happened; an act nobody has words for is named as it is."""
    if action == "approval.decided":
        key = DECISIONS.get(str(after.get("outcome")), DECISIONS["denied"])
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


def why(reason: str | None) -> str | None:
    """Return the sentence of a reason that a manager chose, or None."""
    return {**REMOVAL_REASONS, **DENIAL_REASONS}.get(reason or "")


def _change(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if before.get("role") != after.get("role"):
        return _SEATED if after.get("role") == "manager" else _UNSEATED
    return _CHANGED


def _tasks(functions: Collection[str]) -> list[str]:
    return [BY_ID[each].task for each in in_order(functions)]
