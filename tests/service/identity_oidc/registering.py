"""An app that registers itself: by an operator's leave, and with what it says of itself."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx

from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import THIRD_PARTY, Client
from identity.oidc.registration import initial_tokens
from identity.oidc.registration.initial_tokens import Allowance
from tests.service.identity_oidc.suite import Suite

PURPOSE = "To copy your claims into your own charts every night."
SOUND: dict[str, Any] = {
    "client_name": "Chart sync",
    "redirect_uris": ["https://sync.example/callback"],
    "scope": "openid profile",
}


def leave(suite: Suite, uses: int = 1, days: int = 14, **given: Any) -> str:
    """An initial access token, as an operator issues it."""
    usual: dict[str, Any] = {"label": "Sync Inc.", "profile": THIRD_PARTY, "purpose": PURPOSE}
    usual["scopes"] = ("openid", "profile", "email")
    with suite.context.transaction() as work:
        return initial_tokens.issue(work, Allowance(**{**usual, **given}), uses, days)[1]


def ask(suite: Suite, token: str | None, body: Any = None, **changes: Any) -> httpx.Response:
    """Send metadata to the registration endpoint."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    sent = {name: value for name, value in (SOUND | changes).items() if value is not None} if body is None else body
    return suite.http.post("/oauth/register", json=sent, headers=headers)


def manage(suite: Suite, method: str, client_id: str, token: str, body: Any = None) -> httpx.Response:
    """Look at a registration, change it or end it."""
    headers = {"Authorization": f"Bearer {token}"}
    return suite.http.request(method, f"/oauth/register/{client_id}", headers=headers, json=body)


def client(suite: Suite, client_id: str) -> Client:
    """The client as it is registered."""
    with suite.context.reading() as session:
        found = clients.find(session, client_id)
    assert found is not None
    return found


def count(suite: Suite) -> int:
    """How many clients there are."""
    with suite.context.reading() as session:
        return len(clients.listed(session))


def registered(suite: Suite, **changes: Any) -> dict[str, Any]:
    """A registration that went well."""
    answer = ask(suite, leave(suite), **changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def side_by_side(calls: Sequence[Callable[[], int]]) -> list[int]:
    """Start calls at the same instant; return their statuses, sorted."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], int]) -> int:
        ready.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))
