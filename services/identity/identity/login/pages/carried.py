"""What the pages of sign-in carry along: the ticket in the address, and who acts before being signed in."""

from urllib.parse import urlencode

from flask import request

from identity.sessions.service import SessionView
from shared.service import Actor


def here(path: str, **more: str) -> str:
    """Return the path with the ticket of this request, so that the way back is not lost."""
    ticket = request.args.get("ticket")
    query = urlencode({**({"ticket": ticket} if ticket else {}), **more})
    return f"{path}?{query}" if query else path


def person(present: SessionView) -> Actor:
    """Return who acts on these pages: somebody who is half-way in."""
    return Actor(present.account_id, "person")
