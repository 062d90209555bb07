"""Clients with policies of their own, devices that wait, and what the service has told the world so far."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import select

from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import DEVICE_CODE, NONE, TOKEN_EXCHANGE, ClientSpec
from identity.oidc.clients.service import ensure_client
from shared.db.floor import audit_entries, notices, outbox
from shared.events.event import Event
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.web.shell.moments import rfc3339
from tests.service.identity_oidc.suite import SECRETS, App, Suite, specs

SECRET = "granting-secret-".ljust(48, "x")
PRECERT_API = "https://precert.example/api"
# People of these tests sign in with a password, and the forms of the token endpoint are sent without any key.
WEAK = {"minimum_acr": ACR_1, "justification": "For tests."}
PERSONAL = ("openid", "profile", "email", "population", "organization", "functions")


class Granted(App):
    """An app whose client was registered by a test."""

    @property
    def auth(self) -> tuple[str, str]:
        """Client id and secret, as registered here or for all tests."""
        return self.client_id, SECRETS.get(self.client_id, SECRET)


@dataclass
class Public(App):
    """An app that keeps no secret: it only says who it is."""

    def token(self, form: dict[str, str]) -> httpx.Response:
        """See App."""
        return self.suite.http.post("/oauth/token", data={**form, "client_id": self.client_id})


def portal_with(suite: Suite, **policy: Any) -> App:
    """Register the portal anew, with a policy of its own, and return its side."""
    spec = replace(next(spec for spec in specs() if spec.id == "portal"), **policy)
    with suite.context.transaction() as work:
        ensure_client(work, spec, SECRETS["portal"])
    return App(suite)


def register(suite: Suite, client_id: str, **given: Any) -> Granted:
    """Register a confidential client and return its side."""
    spec = ClientSpec(**{"id": client_id, "name": client_id.title(), "scopes": PERSONAL, **WEAK, **given})
    with suite.context.transaction() as work:
        ensure_client(work, spec, SECRET)
    return Granted(suite, client_id, scope=" ".join(spec.scopes))


def television(suite: Suite, **given: Any) -> Granted:
    """Register a device with a secret."""
    usual = {"grant_types": (DEVICE_CODE, "refresh_token"), "purpose": "Shows the day's claims on the wall."}
    return register(suite, "television", **{**usual, **given})


def public_television(suite: Suite, **given: Any) -> Public:
    """Register a device without any secret."""
    usual = {"grant_types": (DEVICE_CODE, "refresh_token"), "auth_methods": (NONE,), "scopes": PERSONAL}
    spec = ClientSpec(**{"id": "stick", "name": "Stick", **usual, **WEAK, **given})
    with suite.context.transaction() as work:
        ensure_client(work, spec, None)
    return Public(suite, "stick", scope="openid profile")


def exchanger(suite: Suite, client_id: str = "case-desk", **given: Any) -> Granted:
    """Register a program that may exchange tokens for the API of precertifications."""
    usual = {
        "grant_types": ("authorization_code", TOKEN_EXCHANGE),
        "redirect_uris": ("https://desk.example/callback",),
        "scopes": (*PERSONAL, "precert.write"),
        "audiences": (PRECERT_API,),
    }
    made = register(suite, client_id, **{**usual, **given})
    made.redirect_uri = "https://desk.example/callback"
    return made


def tell(suite: Suite, sender: str, kind: str, subject: str, sequence: int, data: dict[str, Any]) -> None:
    """Let an event of another service arrive, as the broker brings it: twice."""
    event = Event(f"evt_{kind}_{subject}_{sequence}", kind, sender, subject, sequence, suite.clock.now(), data)
    delivery = Delivery(sender=sender, type=kind, body=event.to_bytes())
    Inbox(suite.context, pause=lambda _seconds: None).receive([delivery, delivery])


def published(suite: Suite, *types: str) -> list[Event]:
    """Return what was published, in order; of the types where some are named."""
    with suite.context.reading() as session:
        bodies = session.scalars(select(outbox.c.body).order_by(outbox.c.number)).all()
    events = [Event.from_bytes(body) for body in bodies]
    return [each for each in events if not types or each.type in types]


def mails(suite: Suite) -> list[Any]:
    """Return the messages that wait to be sent."""
    with suite.context.reading() as session:
        return list(session.execute(select(notices).order_by(notices.c.id)).all())


def audited(suite: Suite, action: str) -> list[dict[str, Any]]:
    """Return the audit entries of an action, oldest first."""
    mine = select(audit_entries).where(audit_entries.c.action == action).order_by(audit_entries.c.number)
    with suite.context.reading() as session:
        return [dict(row._mapping) for row in session.execute(mine)]


def opening(calendar: str, functions: list[str], *, is_open: bool, until: datetime | None) -> dict[str, Any]:
    """Return what availability says when a calendar opens or closes."""
    return {
        "calendar": calendar,
        "functions": functions,
        "open": is_open,
        "reason": None if is_open else "function_closed",
        "since": None,
        "next_open": None,
        "valid_until": rfc3339(until) if until else None,
    }
