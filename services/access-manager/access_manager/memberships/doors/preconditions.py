"""Versions as entity tags: whoever writes says what they read (RFC 9110 §13.1.1), so that no change is lost."""

from flask import request

from access_manager.memberships.changing import CHANGED_MEANWHILE
from shared.errors import Problem, precondition_failed

# What the API's description says of it.
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the answer that the change is based on; 412 where somebody changed it since.",
    "schema": {"type": "string"},
}


def etag(version: int) -> dict[str, str]:
    """Return the header that names a version."""
    return {"ETag": f'"{version}"'}


def expected_version(*, needed: bool = False) -> int | None:
    """Return the version that If-Match names; None where the caller does not mind. Raises 412, and 428 if `needed`."""
    given = request.headers.get("If-Match")
    if given is None:
        if needed:
            raise Problem(
                428, "precondition-required", "Say what you read.", "Send the ETag of the last answer as If-Match."
            )
        return None
    if given.strip() == "*":
        return None
    tag = given.strip().strip('"')
    if not tag.isascii() or not tag.isdecimal() or len(tag) > 9:
        raise precondition_failed(CHANGED_MEANWHILE)
    return int(tag)
