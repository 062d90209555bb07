"""One running identity on SQLite, entered through its front doors: browsers, bearer tokens, events, the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select, text

from identity.app import SERVICE
from identity.demo import Someone, seed
from identity.sessions.ticket import Ticket, sign
from identity.settings import IdentitySettings
from shared.auth import TokenVerifier
from shared.cache import Cache
from shared.clock import SettableClock
from shared.db.floor import notices, outbox
from shared.events.event import Event
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.ids import SeededIds
from shared.runtime import build, web
from tests.support.migrated import ready
from tests.support.pages import PageVisitor

ORIGIN = "http://localhost:8000"
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 Eastern
PASSWORD = "two harbor seals at dawn"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KEY = ECKey.generate_key("P-256", {"kid": "test", "alg": "ES256", "use": "sig"})
KEEP = "k" * 40
PAT = Someone("PatPartner", PASSWORD, "Pat Partner", "pat@lakeside.example", "+1 202 555 0110", active=True)
MEG = Someone("meg.manager", PASSWORD, "Meg Manager", "meg@lakeside.example", totp_secret=SECRET, active=True)
OLA = Someone("ola.operator", PASSWORD, "Ola Operator", "ola@payer.example", population="staff", staff_role="operator")
NEW = Someone("nell.new", PASSWORD, "Nell New", "nell@lakeside.example")


@dataclass
class World:
    """The service with its clock and doors."""

    folder: Path
    database_url: str = ""
    cache: Cache | None = None
    origin: str = ORIGIN
    clock: SettableClock = field(default_factory=lambda: SettableClock(MONDAY))
    changes: dict[str, Any] = field(default_factory=dict)
    seeded: int = 7  # of the ids

    def __post_init__(self) -> None:
        given: dict[str, Any] = {
            "mode": "test",
            "public_url": self.origin,
            "database_url": self.database_url or f"sqlite:///{self.folder / 'identity.db'}",
            "broker_url": "memory:",
            "cache_url": "memory:",
            "secret_key": KEEP,
            "trusted_proxies": 0,
            "hash_memory_kib": 8,
            "hash_passes": 1,
        }
        settings = IdentitySettings(**{**given, **self.changes})
        self.settings = settings
        self.context = build(SERVICE, settings, clock=self.clock, ids=SeededIds(self.seeded), cache=self.cache)
        self.context.verifier = TokenVerifier(
            self.origin, f"{self.origin}/api/identity", self.clock, lambda: {"keys": [KEY.as_dict(private=False)]}
        )
        ready(self.context.database, SERVICE.migrations)
        self.app = web(self.context)
        self.inbox = Inbox(self.context, pause=lambda _seconds: None)
        self._told = 0

    def close(self) -> None:
        """Let go of the database."""
        self.context.database.close()

    def seed(self, *people: Someone) -> Sequence[str]:
        """Give people their accounts; return the account ids in order."""
        found = seed(self.context, people)
        return [found[someone.user_id] for someone in people]

    def browser(self, language: str = "en", address: str = "192.0.2.10") -> PageVisitor:
        """Return a person at a browser of their own."""
        visitor = PageVisitor(self.origin, language)
        transport = httpx.WSGITransport(app=self.app, remote_addr=address)
        visitor._http = httpx.Client(transport=transport, headers={"Accept-Language": language})
        return visitor

    def ticket(self, **changes: Any) -> str:
        """Return the address of sign-in for an app that asks for something."""
        asked = Ticket(**{"return_path": "/account?came=back", "client_name": "Sample Portal", **changes})
        return f"/login?ticket={sign(asked, key=KEEP.encode(), now=self.clock.now())}"

    def signed_in(self, someone: Someone, address: str = "/login") -> PageVisitor:
        """Return a browser in which the person has typed user ID and password."""
        visitor = self.browser()
        type_password(visitor, someone.user_id, someone.password, address)
        return visitor

    def code(self, secret: str = SECRET, later: timedelta = timedelta(0)) -> str:
        """Return what an authenticator app shows now, or `later`."""
        return pyotp.TOTP(secret).at(self.clock.now() + later)

    def api(self, *scopes: str, client: str = "registration", person: str | None = None) -> httpx.Client:
        """Return a caller of the JSON API with a token of its own, or with that of a person."""
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {"iss": self.origin, "aud": f"{self.origin}/api/identity", "client_id": client}
        claims["sub"] = person or client
        claims |= {"scope": " ".join(scopes), "iat": now, "exp": now + 300}
        token = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "test"}, claims, KEY)
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(transport=httpx.WSGITransport(app=self.app), base_url=self.origin, headers=headers)

    def tell(self, kind: str, membership: dict[str, Any], sequence: int = 1) -> None:
        """Let an event of access-manager arrive."""
        self._told += 1
        subject = str(membership["membership_id"])
        event = Event(f"evt_{self._told}", kind, "access-manager", subject, sequence, self.clock.now(), membership)
        self.inbox.receive([Delivery(sender=event.source, type=event.type, body=event.to_bytes())])

    def session_of(self, account_id: str) -> str:
        """The id of the session that the account began, as `session.started` told it."""
        (began,) = [told for told in self.published("session.started") if told.data["account_id"] == account_id]
        return began.subject

    def published(self, *types: str) -> list[Event]:
        """Return what was published, in order; of the types where some are named."""
        with self.context.reading() as session:
            bodies = session.scalars(select(outbox.c.body).order_by(outbox.c.number)).all()
        events = [Event.from_bytes(body) for body in bodies]
        return [each for each in events if not types or each.type in types]

    def mails(self) -> list[Any]:
        """Return the mails waiting to be sent."""
        with self.context.reading() as session:
            return list(session.execute(select(notices).order_by(notices.c.id)).all())

    def audited(self) -> list[tuple[str, str]]:
        """(action, target) of every audit entry, oldest first."""
        with self.context.reading() as session:
            rows = session.execute(text("SELECT action, target FROM audit_entries ORDER BY number")).all()
        return [(row.action, row.target) for row in rows]

    def run_jobs(self) -> None:
        """What the worker does every so often."""
        for job in SERVICE.jobs:
            job.run(self.context)


def type_password(visitor: PageVisitor, user_id: str, password: str, address: str = "/login") -> None:
    """Open sign-in and send user ID and password."""
    visitor.open(address)
    visitor.fill("User ID", user_id)
    visitor.fill("Password", password)
    visitor.press("Sign in")


def type_code(visitor: PageVisitor, code: str, button: str = "Continue") -> None:
    """Send a code from where the browser is."""
    visitor.fill("6-digit code", code)
    visitor.press(button)


def membership(account_id: str, **changes: Any) -> dict[str, Any]:
    """Return the state of a membership as access-manager publishes it."""
    organization = {"id": "org_clinic", "name": "Lakeside Family Practice", "kind": "practice"}
    return {
        "membership_id": "mbr_1",
        "account_id": account_id,
        "organization": {**organization, "contracted": True, "tin_last4": "1234"},
        "status": "active",
        "role": "member",
        "functions": ["claims.status.view"],
        "starts_at": MONDAY - timedelta(days=1),
        "ends_at": None,
        **changes,
    }


def cookies(visitor: PageVisitor) -> Iterator[str]:
    """Return the session secrets that the browser holds."""
    return (cookie.value or "" for cookie in visitor.cookies.jar if cookie.name.endswith("gh_session"))
