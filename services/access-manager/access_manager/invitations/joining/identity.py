"""What acceptance asks of identity: whose an address is, and an account for somebody who has none. No transaction here.

Whether an account exists is told to the letter that goes to the address, never to a page.
"""

from dataclasses import dataclass
from typing import Any

import httpx

from shared.errors import Problem, unavailable
from shared.i18n import say
from shared.neighbours import Neighbours

_AWAY = say("The sign-in service does not answer. Nothing was changed: try again in a minute.")


@dataclass(frozen=True)
class Newcomer:
    """The person an account is made for; `reference` is the invitation, and makes the call idempotent."""

    reference: str
    display_name: str
    email: str
    language: str
    return_url: str


@dataclass(frozen=True)
class Made:
    """The account, and the page where its person chooses user ID and password."""

    account_id: str
    activation_url: str


def owners(neighbours: Neighbours, email: str) -> list[str]:
    """Return the ids of the accounts whose person proved that the address is theirs. Raises a 503 Problem."""
    found = _post(neighbours, "/api/identity/v1/accounts/at-address", {"email": email})
    return [str(each) for each in found.get("account_ids", ())]


def make_account(neighbours: Neighbours, new: Newcomer) -> Made:
    """Have identity make an account; the same invitation always gets the same one. Raises a 503 Problem."""
    body = {**vars(new), "population": "provider", "mobile": None}
    found = _post(neighbours, "/api/identity/v1/accounts", body)
    try:
        return Made(str(found["account_id"]), str(found["activation_url"]))
    except KeyError as error:
        raise unavailable("identity-away", _AWAY, 60) from error


def _post(neighbours: Neighbours, path: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = neighbours.get("identity").post(path, json=body)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, Problem, ValueError) as error:
        raise unavailable("identity-away", _AWAY, 60) from error
    return found if isinstance(found, dict) else {}
