"""One running access-manager on SQLite, with the two neighbours it talks to as small servers in this process.

Identity's stand-in signs real tokens and answers the real sign-in dance; availability's answers what the test says.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import select

from access_manager.app import SERVICE
from access_manager.demo import DemoPerson, DemoPractice, seed
from access_manager.organizations.service import OrganizationFacts
from access_manager.settings import AccessManagerSettings
from shared.auth import ACR_TWO_FACTORS
from shared.clock import SettableClock
from shared.db.floor import notices, outbox
from shared.events.event import Event
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.ids import SeededIds
from shared.runtime import build, web
from shared.service import COMMAND_LINE, Context
from tests.support.migrated import ready
from tests.support.pages import PageVisitor

ORIGIN = "http://localhost:8000"
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 Eastern
CLINIC, OTHER = "org_clinic", "org_other"
MEG, SAM, PAT = "acc_meg", "acc_sam", "acc_pat"
FRONT_DESK = ("eligibility.view", "claims.status.view", "precert.view", "precert.submit")


@dataclass
class SignsIn:
    """Who stands at the keyboard when identity asks."""

    account_id: str
    name: str = "Meg Manager"
    population: str = "provider"
    acr: str = "urn:gatehouse:acr:2"
    auth_time: datetime | None = None
    restricted_until: int | None = None


class Identity:
    """Signs tokens with a real key and sends browsers back at once, as whoever `person` says."""

    def __init__(self, clock: SettableClock) -> None:
        self._clock = clock
        self._key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        self._codes: dict[str, str] = {}
        self.person = SignsIn(MEG)
        self.asked: list[Mapping[str, str]] = []
        self.app = Flask("identity-stand-in")
        self.app.add_url_rule("/oauth/jwks", view_func=self._jwks)
        self.app.add_url_rule("/oauth/token", view_func=self._token, methods=["POST"])
        self.app.add_url_rule("/oauth/authorize", view_func=self._authorize)
        self.app.add_url_rule("/oauth/logout", view_func=lambda: "<main>Signed out</main>")

    def token(self, scope: str, *, subject: str | None = None, audience: str = "access", **claims: object) -> str:
        """Return an access token: of a person where `subject` is given, else of a client."""
        now = int(self._clock.now().timestamp())
        body = {"iss": ORIGIN, "aud": f"{ORIGIN}/api/{audience}", "sub": subject or "suite-service", "iat": now}
        body |= {"client_id": "suite-service", "exp": now + 600, "scope": scope}
        if subject is not None:
            body |= {"population": "provider", "acr": "urn:gatehouse:acr:2", "auth_time": now}
        body |= claims
        return jwt.encode({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}, body, self._key)

    def _jwks(self) -> Response:
        return jsonify(KeySet([self._key]).as_dict(private=False))

    def _authorize(self) -> Any:
        self.asked.append(request.args.to_dict())
        code = f"code{len(self.asked)}"
        self._codes[code] = request.args["nonce"]
        if "max_age" in request.args:
            self.person.auth_time = self._clock.now()
        query = urlencode({"code": code, "state": request.args["state"], "iss": ORIGIN})
        return redirect(f"{request.args['redirect_uri']}?{query}", 303)

    def _token(self) -> Response:
        if request.form["grant_type"] == "client_credentials":
            return jsonify(access_token=self.token("hours.read", audience="availability"), expires_in=600)
        now = self._clock.now()
        who = self.person
        claims = {"iss": ORIGIN, "aud": "access-manager", "nonce": self._codes.pop(request.form["code"])}
        claims |= {"sub": who.account_id, "name": who.name, "population": who.population, "acr": who.acr}
        claims |= {"auth_time": int((who.auth_time or now).timestamp()), "sid": f"sid_{who.account_id}"}
        claims |= {"restricted_until": who.restricted_until} if who.restricted_until else {}
        claims["exp"] = int((now + timedelta(minutes=5)).timestamp())
        return jsonify(id_token=jwt.encode({"alg": "ES256", "kid": "k1"}, claims, self._key), expires_in=600)


class Availability:
    """Answers what the test says about the hours, or not at all while `away`."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.while_asked: Callable[[], None] = lambda: None
        self.answers: dict[str, dict[str, object]] = {}
        self.app = Flask("availability-stand-in")
        self.app.add_url_rule("/api/availability/v1/functions", view_func=self._functions)

    def open(self, *functions: str, until: datetime | None = None) -> None:
        """Say that these are open until the instant."""
        for each in functions:
            self.answers[each] = {"open": True, "reason": None, "next_open": None, "valid_until": _text(until)}

    def close(self, function: str, reason: str, next_open: datetime) -> None:
        """Say that it is closed until the instant."""
        opens = _text(next_open)
        self.answers[function] = {"open": False, "reason": reason, "next_open": opens, "valid_until": opens}

    def _functions(self) -> Any:
        self.asked += 1
        if self.away:
            return "away", 503
        answer = jsonify(functions=self.answers, version=self.asked)
        self.while_asked()
        return answer


@dataclass
class World:
    """The service with its clock, doors and neighbours."""

    folder: Path
    database_url: str = ""
    clock: SettableClock = field(default_factory=lambda: SettableClock(MONDAY))

    def __post_init__(self) -> None:
        self.identity, self.availability = Identity(self.clock), Availability()
        transports = {
            "identity": httpx.WSGITransport(app=self.identity.app),
            "availability": httpx.WSGITransport(app=self.availability.app),
        }
        settings = AccessManagerSettings(
            mode="test",
            public_url=ORIGIN,
            database_url=self.database_url or f"sqlite:///{self.folder / 'access.db'}",
            broker_url="memory:",
            cache_url="memory:",
            secret_key="k" * 40,
            service_client_secret="s" * 40,
            trusted_proxies=0,
        )
        self.context = build(SERVICE, settings, clock=self.clock, ids=SeededIds(7), transports=transports)
        ready(self.context.database, SERVICE.migrations)
        self.app = web(self.context)
        self.inbox = Inbox(self.context, pause=lambda _seconds: None)
        self._told = 0

    def close(self) -> None:
        """Let go of the database."""
        self.context.database.close()

    def seed(self, *practices: DemoPractice) -> None:
        """Make practices with their people."""
        with self.context.transaction() as work:
            seed(work, practices)

    def tell(self, type: str, sender: str, subject: str, sequence: int = 1, **data: object) -> Event:
        """Let an event of another service arrive."""
        self._told += 1
        event = Event(f"evt_{self._told}", type, sender, subject, sequence, self.clock.now(), data)
        self.deliver(event)
        return event

    def deliver(self, *events: Event) -> None:
        """Bring events to the inbox as a broker would."""
        self.inbox.receive([Delivery(sender=each.source, type=each.type, body=each.to_bytes()) for each in events])

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

    def api(self, scope: str = "access.manage", subject: str | None = None, **claims: object) -> httpx.Client:
        """Return a client of the JSON API with a token of its own; some claims bent."""
        headers = {"Authorization": f"Bearer {self.identity.token(scope, subject=subject, **claims)}"}
        return httpx.Client(transport=httpx.WSGITransport(app=self.app), base_url=ORIGIN, headers=headers)

    def evaluate(
        self, account: str, function: str, organization: str = CLINIC, acr: str | None = ACR_TWO_FACTORS
    ) -> dict[str, Any]:
        """Ask the decision point, as a portal in which the person signed in with two factors, or as `acr` says."""
        body = {
            "subject": {"type": "account", "id": account},
            "action": {"name": function},
            "resource": {"type": "organization", "id": organization},
            "context": {"acr": acr},
        }
        answer = self.api("access.evaluate").post("/access/v1/evaluation", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def browser(self, account: str | None = None, language: str = "en", **who: Any) -> PageVisitor:
        """Return a person at a browser, who signs in as `account` when asked to."""
        if account is not None:
            self.identity.person = SignsIn(account, **who)
        visitor = PageVisitor(ORIGIN, language)
        visitor._http = httpx.Client(
            transport=httpx.WSGITransport(app=self._front), headers={"Accept-Language": language}
        )
        return visitor

    def _front(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The one origin: identity's paths go to identity, all others here."""
        to_identity = str(environ["PATH_INFO"]).startswith("/oauth")
        return (self.identity.app if to_identity else self.app)(environ, start_response)


def at_the_shell(world: World) -> Context:
    """What a command opens: the same, with whoever has a shell as the one who acts."""
    return replace(world.context, actor=COMMAND_LINE)


def clinic(*people: DemoPerson, id: str = CLINIC, contracted: bool = True) -> DemoPractice:
    """Return a practice with its people."""
    name = "Lakeside Family Practice" if id == CLINIC else "Harbor Dental"
    return DemoPractice(OrganizationFacts(id, name, "practice", contracted, "1234"), people)


def manager(account: str = MEG, name: str = "Meg Manager", functions: tuple[str, ...] = FRONT_DESK) -> DemoPerson:
    """Return an access manager."""
    return DemoPerson(account, name, f"{account}@lakeside.example", functions, manager=True)


def member(account: str = SAM, name: str = "Sam Staff", functions: tuple[str, ...] = FRONT_DESK) -> DemoPerson:
    """Return an ordinary member."""
    return DemoPerson(account, name, f"{account}@lakeside.example", functions)


def asks(account: str = PAT, application: str = "app_1", **changes: object) -> dict[str, object]:
    """Return the data of `user.registered` for somebody who asks the clinic's managers."""
    return {
        "application_id": application,
        "account_id": account,
        "person": {"display_name": "Pat Partner", "email": "pat@lakeside.example", "mobile": None},
        "kind": "representative",
        "organization_id": CLINIC,
        "organization_name": "Lakeside Family Practice",
        "route": "managers",
        "functions": ["claims.status.view", "claims.submit"],
        "profile": None,
        "submitted_at": MONDAY - timedelta(hours=2),
        "due_at": MONDAY + timedelta(days=14),
        **changes,
    }


def seated(case: str = "case_1", account: str = PAT, **changes: object) -> dict[str, object]:
    """Return the data of `vetting.completed` for a person seated at a new clinic."""
    return {
        "case_id": case,
        "application_id": f"app_{case}",
        "account_id": account,
        "outcome": "seated",
        "organization": {
            "id": CLINIC,
            "name": "Lakeside Family Practice",
            "kind": "practice",
            "contracted": False,
            "tin_last4": "1234",
        },
        "person": {"display_name": "Pat Partner", "email": "pat@lakeside.example", "mobile": None},
        "functions": ["claims.submit", "demographics.update"],
        **changes,
    }


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat().replace("+00:00", "Z") if instant else None
