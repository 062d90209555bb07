"""What happens to a pushed request: it is handed in, a browser arrives with it, an answer uses it up."""

from collections.abc import Mapping
from datetime import timedelta

from identity.oidc.authorize.pushed.models import ARRIVE, NEW, PREFIX, USE_UP
from identity.oidc.parameters import Parameters
from identity.sessions import ticket
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Work

LIFE = timedelta(seconds=60)  # to arrive with it; FAPI 2.0 §5.3.2.2 allows less than 600 seconds
# What proves the client is no part of what it asks, and must not be kept.
_OF_THE_CLIENT = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def without_proof(values: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a pushed request without those by which its client authenticated."""
    return {name: value for name, value in values.items() if name not in _OF_THE_CLIENT}


def push(work: Work, client_id: str, asked: Parameters, jkt: str | None) -> str:
    """Keep a request that has been examined; return its reference (256 random bits, of which the hash is kept)."""
    reference = work.ids.token()
    row = {
        "reference_hash": sha256(reference),
        "client_id": client_id,
        "parameters": dict(asked.values),
        "resources": list(asked.resources),
        "jkt": jkt,
        "pushed_at": work.now,
        "arrived_at": None,
        "expires_at": work.now + LIFE,
        "used_at": None,
    }
    work.session.execute(NEW, [row])
    return PREFIX + reference


def arrive(work: Work, pushed_id: str) -> None:
    """A browser is here with it and has pages to see first: it lasts as long as a return ticket from now on."""
    work.session.execute(ARRIVE, {"id": pushed_id, "now": work.now, "until": work.now + ticket.LIFE})


def use_up(work: Work, pushed_id: str) -> bool:
    """Note that an answer goes to the client; False where one went before, or the request is over."""
    return claimed(work.session.execute(USE_UP, {"id": pushed_id, "now": work.now}))
