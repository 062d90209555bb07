"""What a receiver asks for when it polls. Pure (RFC 8936 §2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.signals.bodies import wrong
from identity.signals.delivery.schedule import named

MOST = 100  # sets of one answer, whatever is asked for: about 80 KiB
_MOST_NAMED = 1000  # sets that one request may acknowledge or refuse
_LONGEST_ID = 100


@dataclass(frozen=True)
class Poll:
    """`most` sets are wanted, perhaps none; `taken` are acknowledged, `refused` are refused, with an error code."""

    most: int
    taken: tuple[str, ...]
    refused: Mapping[str, str]


def read(body: Mapping[str, Any]) -> Poll:
    """Return what was asked; raises the 400 Problem naming the member.

    `returnImmediately` is looked at and makes no difference: nobody is kept waiting here, which the specification
    leaves to us (§2.2), so an answer may be empty.
    """
    said = {name: value for name, value in body.items() if value is not None}
    if not isinstance(said.get("returnImmediately", True), bool):
        raise wrong("returnImmediately", "use true or false")
    return Poll(_most(said.get("maxEvents", MOST)), _taken(said.get("ack", [])), _refused(said.get("setErrs", {})))


def _most(asked: object) -> int:
    if type(asked) is not int or asked < 0:
        raise wrong("maxEvents", "use a whole number from 0 on")
    return min(asked, MOST)


def _taken(ids: object) -> tuple[str, ...]:
    if not isinstance(ids, list) or len(ids) > _MOST_NAMED or not all(map(_is_id, ids)):
        raise wrong("ack", f"use a list of at most {_MOST_NAMED} jti values")
    return tuple(dict.fromkeys(ids))


def _refused(errors: object) -> dict[str, str]:
    """The description of an error is not read: it is text of somebody else's, and nobody here acts on it."""
    fits = isinstance(errors, dict) and len(errors) <= _MOST_NAMED and all(map(_is_id, errors))
    if not isinstance(errors, dict) or not fits or not all(isinstance(one, dict) for one in errors.values()):
        raise wrong("setErrs", f"use an object of at most {_MOST_NAMED} jti values, each with its err")
    return {set_id: named(error.get("err")) for set_id, error in errors.items()}


def _is_id(found: object) -> bool:
    return isinstance(found, str) and 0 < len(found) <= _LONGEST_ID
