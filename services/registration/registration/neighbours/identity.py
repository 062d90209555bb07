"""What registration asks of identity: make an account, and whether its owner has opened it."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import structlog

from shared.crypto import sha256
from shared.errors import Problem, unavailable
from shared.i18n import say
from shared.neighbours import Neighbours

_log = structlog.get_logger("neighbours")
_AWAY = say("We could not reach the sign-in service. Your answers are kept: try again in a minute.")


@dataclass(frozen=True)
class NewAccount:
    """The person an account is made for; `reference` is the application, and makes the call idempotent."""

    reference: str
    display_name: str
    email: str
    mobile: str | None
    language: str
    return_url: str


@dataclass(frozen=True)
class MadeAccount:
    """The account, and the page where its owner chooses user ID and password."""

    account_id: str
    activation_url: str


def make_account(neighbours: Neighbours, public_url: str, new: NewAccount) -> MadeAccount:
    """Have identity make a pending account; the same application always gets the same one. Raises a 503 Problem.

    The key names application and answers: a repetition is recognised, and mended answers are another request.
    """
    body = {
        "reference": new.reference,
        "display_name": new.display_name,
        "email": new.email,
        "mobile": new.mobile,
        "population": "provider",
        "language": new.language,
        "return_url": new.return_url,
    }
    try:
        key = f"{new.reference}:{sha256(json.dumps(body, sort_keys=True))}"
        answer = neighbours.get("identity").post(
            "/api/identity/v1/accounts", json=body, headers={"Idempotency-Key": key}
        )
        answer.raise_for_status()
        made = answer.json()
        account = MadeAccount(str(made["account_id"]), str(made["activation_url"]))
    except (httpx.HTTPError, Problem, ValueError, KeyError) as error:
        _log.warning("account.identity_away", error=type(error).__name__)
        raise unavailable("identity-away", _AWAY, 60) from error
    return _on_our_origin(account, public_url)


def is_opened(neighbours: Neighbours, account_id: str) -> bool | None:
    """Whether the owner has chosen user ID and password; None while identity does not answer."""
    status = _status(neighbours, account_id)
    return None if status is None else status not in {"invited", "new"}


def is_closed(neighbours: Neighbours, account_id: str) -> bool:
    """Whether nobody can sign in with the account any more; an identity that does not answer says no."""
    return _status(neighbours, account_id) == "closed"


def _status(neighbours: Neighbours, account_id: str) -> str | None:
    try:
        answer = neighbours.get("identity").get(f"/api/identity/v1/accounts/{account_id}")
        answer.raise_for_status()
        return str(answer.json()["status"])
    except (httpx.HTTPError, Problem, ValueError, KeyError):
        return None


def _on_our_origin(account: MadeAccount, public_url: str) -> MadeAccount:
    """A browser is only ever sent on within the suite's own origin."""
    target, ours = urlsplit(account.activation_url), urlsplit(public_url)
    if (target.scheme, target.netloc) not in {("", ""), (ours.scheme, ours.netloc)}:
        raise unavailable("identity-away", _AWAY, 60)
    return account
