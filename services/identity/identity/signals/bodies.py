"""Bodies as receivers send them: one JSON object of a bounded size. Members we do not know are passed over. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from shared.errors import Problem, bad_request

LARGEST = 64 * 1024  # bytes; a receiver that acknowledges a hundred sets at once sends a tenth of it
_NUL = b"\\u0000"


def read_object(media_type: str, body: bytes) -> Mapping[str, Any]:
    """Return the object that a body is; raises the 400 Problem for another kind of body, and for one too large."""
    if len(body) > LARGEST:
        raise bad_request("body-too-large", f"Send at most {LARGEST // 1024} KiB.")
    if media_type != "application/json":
        raise bad_request("not-json", "Send the body as application/json.")
    try:
        # Written out, NUL is JSON; no database of ours stores it.
        found = orjson.loads(body) if _NUL not in body else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise bad_request("malformed-json", "The body is not a JSON object that we read.")
    return found


def text(body: Mapping[str, Any], name: str, longest: int) -> str | None:
    """Return a member that is a text, or None where it is missing or null; raises the 400 Problem naming it."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value or len(value) > longest:
        raise wrong(name, f"use a text of 1 to {longest} characters")
    return value


def wrong(name: str, why: str) -> Problem:
    """Return the 400 Problem for one member, named (SSF 1.0 §8.1: "if the request is otherwise invalid")."""
    return bad_request("signals-request", f"{name}: {why}.", member=name)
