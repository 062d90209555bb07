"""Receivers of shared signals: programs that an operator registered, speaking plain HTTP to the transmitter."""

from dataclasses import replace
from typing import Any

import httpx

from identity.oidc.clients.policy import SERVICE, ClientSpec
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client
from identity.signals.kinds import OFFERED
from shared.db.floor import audit_entries
from tests.service.identity_oidc.suite import Suite

MANAGE, READ = "ssf.manage", "ssf.read"
BOTH = (MANAGE, READ)
PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
EVENTS = list(OFFERED)


def spec_of(name: str, **changes: Any) -> ClientSpec:
    """Return a receiver as an operator registers it."""
    return replace(with_profile(SERVICE, id=name, name=name.title(), scopes=BOTH), **changes)


class Receiver:
    """One receiver. `calls` go to the endpoints that the metadata names, with the token it has."""

    def __init__(self, suite: Suite, name: str = "fraud-engine", **changes: Any) -> None:
        self.suite, self.name, self._secret = suite, name, name.ljust(48, "s")
        self.change(**changes)
        self.metadata: dict[str, Any] = suite.http.get("/.well-known/ssf-configuration").json()
        self.token = self.ask_token()

    def change(self, **changes: Any) -> None:
        """Bring its registration up to date."""
        with self.suite.context.transaction() as work:
            ensure_client(work, spec_of(self.name, **changes), self._secret)

    def ask_token(self, **form: str) -> str:
        """Return a token of its own, with all of its scopes unless the form says otherwise."""
        sent = {"grant_type": "client_credentials", **form}
        answer = self.suite.http.post("/oauth/token", data=sent, auth=(self.name, self._secret))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(self, method: str, endpoint: str, *, token: str | None = None, **sent: Any) -> httpx.Response:
        """Call an endpoint by its name in the metadata; `token` instead of its own, none where it is empty."""
        bearer = self.token if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        url = self.metadata[f"{endpoint}_endpoint"]
        return self.suite.http.request(method, url, headers={**headers, **sent.pop("headers", {})}, **sent)

    def create(self, **body: Any) -> httpx.Response:
        """Ask for a stream of all events, polled unless the body says otherwise."""
        return self.call("POST", "configuration", json={"events_requested": EVENTS, **body})

    def stream(self, **body: Any) -> dict[str, Any]:
        """Return the configuration of a new stream."""
        answer = self.create(**body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def read(self, stream_id: str | None = None) -> httpx.Response:
        """Read one stream, or all."""
        return self.call("GET", "configuration", params={"stream_id": stream_id} if stream_id else {})

    def status(self, stream_id: str, status: str | None = None, **more: Any) -> httpx.Response:
        """Read how a stream stands, or change it."""
        if status is None:
            return self.call("GET", "status", params={"stream_id": stream_id})
        return self.call("POST", "status", json={"stream_id": stream_id, "status": status, **more})

    def subject(self, act: str, stream_id: str, subject: Any, **more: Any) -> httpx.Response:
        """Add or remove somebody."""
        return self.call("POST", f"{act}_subject", json={"stream_id": stream_id, "subject": subject, **more})

    def verify(self, stream_id: str, **more: Any) -> httpx.Response:
        """Ask for a verification."""
        return self.call("POST", "verification", json={"stream_id": stream_id, **more})


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return status and name of a refusal, which is always told as problem details."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, str(answer.json()["type"]).removeprefix("/problems/")


def audited(suite: Suite, first: str = "signal_stream.") -> list[Any]:
    """Return the audit's rows of streams, in order."""
    with suite.context.reading() as session:
        rows = session.execute(audit_entries.select().order_by(audit_entries.c.number)).all()
    return [row for row in rows if row.action.startswith(first)]
