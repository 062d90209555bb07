"""What an address may hold, asked once for every door before anybody looks anything up by it; and the way back."""

from flask import Flask, current_app, request

from shared.errors import bad_request, not_found
from shared.i18n import say

# The OAuth endpoints read every parameter themselves and refuse as their RFCs say, on a page where a person asks.
_OWN_WORDS = "/oauth/"
_WELL_KNOWN = "/.well-known/"
_LONGEST = 2000
_LONGEST_PART = 200  # characters; nothing that stands in an address has a longer name


def install_addresses(app: Flask) -> None:
    """Refuse addresses that no door could answer; to be installed before anything that reads a database."""
    # Werkzeug would lead "//" to "/" by a redirect made of the Host header, which is anybody's (threat 33).
    app.url_map.merge_slashes = False
    app.before_request(refuse_odd)


def refuse_odd() -> None:
    """Raise the 400 Problem for what no address of ours holds, the 404 where nothing can be.

    A NUL is what PostgreSQL cannot keep; a line break, what no header can; a backslash, what some browsers read as
    another address (threat 25). Nothing of ours begins with a dot or has so long a name.
    """
    path = request.path
    in_query = b"%00" in request.query_string and not path.startswith(_OWN_WORDS)
    if in_query or "\\" in path or not path.isprintable():
        raise bad_request("malformed-address", say("The address holds a character that no address may hold."))
    hidden = "/." in path and not path.startswith(_WELL_KNOWN)
    if hidden or max(map(len, path.split("/"))) > _LONGEST_PART:
        raise not_found()


def way_back() -> str:
    """Return where somebody comes back to after signing in: this page, or for a form the nearest page above it.

    Path and query on this origin; a query that no address may carry onward is left out.
    """
    if request.method == "GET":
        query = request.query_string.decode("latin-1")
        plain = query.isascii() and query.isprintable() and "\\" not in query
        return f"{request.path}?{query}" if query and plain else request.path
    addresses, path = current_app.url_map.bind(""), request.path
    while not addresses.test(path, "GET") and path.count("/") > 1:
        path = path.rpartition("/")[0]
    return path


def on_this_origin(address: str) -> bool:
    """Return whether the address is a plain path here, which no browser could take for another origin (threat 25)."""
    plain = address.isascii() and address.isprintable() and "\\" not in address and len(address) <= _LONGEST
    return plain and address.startswith("/") and not address.startswith("//")
