"""What an address may hold, asked once for every door, before anybody looks anything up by it."""

from flask import Flask, request

from shared.errors import bad_request
from shared.i18n import say

_NUL = "\x00"
# The OAuth endpoints read every parameter themselves and refuse as their RFCs say, on a page where a person asks.
_OWN_WORDS = "/oauth/"


def install_addresses(app: Flask) -> None:
    """Refuse addresses that no door could answer; to be installed before anything that reads a database."""
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """Raise the 400 Problem for a NUL in path or query: PostgreSQL holds none, and would answer with a fault."""
    in_query = b"%00" in request.query_string and not request.path.startswith(_OWN_WORDS)
    if in_query or _NUL in request.path:
        raise bad_request("malformed-address", say("The address holds a character that no address may hold."))
