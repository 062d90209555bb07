"""One availability service on SQLite, entered through its front doors, with the clock in the test's hand."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey
from pydantic import SecretStr
from sqlalchemy import insert, select, text

from access_manager.functions.catalogue import FUNCTIONS
from availability.app import SERVICE
from availability.gate.board import Board
from availability.settings import AvailabilitySettings
from shared import runtime
from shared.clock import SettableClock
from shared.crypto import sha256
from shared.db.floor import outbox, web_sessions
from shared.ids import SeededIds
from shared.service import Context
from tests.support.migrated import ready

EASTERN = ZoneInfo("America/New_York")
Handler = Callable[[httpx.Request], httpx.Response]
ORIGIN = "http://localhost:8000"
PROBE_PASS = "probe-0123456789-0123456789-abcdef"
KEY = ECKey.generate_key("P-256", {"kid": "test", "alg": "ES256", "use": "sig"})


def eastern(moment: str, fold: int = 0) -> datetime:
    """A wall time of New York as an instant; `fold=1` is the second pass of a repeated one."""
    return datetime.fromisoformat(moment).replace(tzinfo=EASTERN, fold=fold).astimezone(UTC)


class Hours:
    """The service under test and what a test does with it."""

    def __init__(self, context: Context, clock: SettableClock, app: Flask) -> None:
        self.context, self.clock, self.app = context, clock, app
        self.client: FlaskClient = app.test_client()

    def at(self, moment: str, fold: int = 0) -> datetime:
        """Set the clock to an Eastern wall time."""
        instant = eastern(moment, fold)
        self.clock.freeze(instant)
        return instant

    def function(self, name: str = "precert.submit", **query: str) -> dict[str, Any]:
        """What the public API says of a function."""
        answer = self.client.get(f"/api/availability/v1/functions/{name}", query_string=query)
        assert answer.status_code == 200, answer.json
        return dict(answer.json or {})

    def gate(self, name: str = "precert.submit", **headers: str) -> Any:
        """What the gate says."""
        return self.client.get("/gate/check", query_string={"function": name}, headers=headers)

    def token(self, *scopes: str, **more: object) -> dict[str, str]:
        """The header of a caller with scopes, signed as identity would; `more`: other claims than a program's."""
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": ORIGIN,
            "aud": f"{ORIGIN}/api/availability",
            "sub": "suite-service",
            "client_id": "suite-service",
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + 300,
            **more,
        }
        header = {"alg": "ES256", "typ": "at+jwt", "kid": "test"}
        return {"Authorization": "Bearer " + jwt.encode(header, claims, KEY)}

    def post(self, path: str, body: dict[str, Any], scope: str = "hours.manage", status: int = 200) -> dict[str, Any]:
        """Act through the API and expect a status."""
        answer = self.client.post(f"/api/availability/v1{path}", json=body, headers=self.token(scope))
        assert answer.status_code == status, answer.json
        return dict(answer.json or {})

    def sign_in(self, acr: str = "urn:gatehouse:acr:2", population: str = "staff", role: str = "operator") -> None:
        """Seat a person in the browser, as identity's callback does."""
        now, token = self.clock.now(), "a" * 43
        row = {
            "id": sha256(token),
            "account_id": "acc_operator",
            "name": "Olivia Operator",
            "population": population,
            "acr": acr,
            "auth_time": now,
            "sid": "sid_1",
            "organization_id": None,
            "data": {"staff_role": role},
            "created_at": now,
            "last_seen_at": now,
            "expires_at": now + timedelta(hours=12),
        }
        with self.context.transaction() as work:
            work.session.execute(insert(web_sessions).values(**row))
        self.client.set_cookie("gh_availability", token)

    def submit(self, path: str, form: dict[str, Any]) -> Any:
        """Send a page's form: look at the page first, as a browser does."""
        page = self.client.get(path).get_data(as_text=True)
        field = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.client.post(path, data={**form, "csrf_token": field}, headers={"Origin": ORIGIN})

    def maintenance(self, id: str) -> dict[str, Any]:
        """One maintenance, as the API shows it."""
        answer = self.client.get(f"/api/availability/v1/maintenance/{id}", headers=self.token("hours.read"))
        return dict(answer.json or {})

    def all_maintenance(self) -> list[dict[str, Any]]:
        """All of them, newest first."""
        answer = self.client.get("/api/availability/v1/maintenance", headers=self.token("hours.read"))
        return list((answer.json or {})["maintenance"])

    def audited(self) -> list[tuple[str, str]]:
        """(action, reason) of every audit entry, oldest first."""
        with self.context.reading() as session:
            rows = session.execute(text("SELECT action, reason FROM audit_entries ORDER BY number")).all()
        return [(row.action, row.reason) for row in rows]

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """The database file is moved away and every connection to it is closed."""
        file = Path(str(self.context.database.engine.url.database))
        self.context.database.close()
        away = file.with_suffix(".away")
        file.rename(away)
        file.mkdir()
        self.context.part(Board).forget()
        yield
        file.rmdir()
        away.rename(file)

    def run_jobs(self) -> None:
        """What the worker does every second."""
        for job in SERVICE.jobs:
            job.run(self.context)

    def events(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(type, subject, data) of everything published so far, oldest first."""
        with self.context.reading() as session:
            bodies = session.scalars(select(outbox.c.body).order_by(outbox.c.number)).all()
        found = [json.loads(body) for body in bodies]
        return [(one["type"].removeprefix("gatehouse."), one["subject"], one["data"]) for one in found]


def _identity(asked: httpx.Request) -> httpx.Response:
    """Its keys, and a token for whoever asks."""
    if asked.url.path == "/oauth/token":
        return httpx.Response(200, json={"access_token": "service", "token_type": "Bearer", "expires_in": 600})
    return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})


def _catalogue(asked: httpx.Request) -> httpx.Response:
    """The functions as access-manager tells them to a service with its token."""
    if (asked.url.path, asked.headers.get("Authorization")) != ("/api/access/v1/functions", "Bearer service"):
        return httpx.Response(401)
    return httpx.Response(200, json={"functions": [{"id": each.id, "task": each.task} for each in FUNCTIONS]})


@contextmanager
def service_on(database_url: str, access_manager: Handler | None = None) -> Iterator[Hours]:
    """A fresh service at Monday noon, Eastern, on an empty database."""
    clock = SettableClock(eastern("2026-11-23T12:00"))
    settings = AvailabilitySettings(
        mode="test",
        public_url=ORIGIN,
        database_url=database_url,
        broker_url="memory:",
        cache_url="memory:",
        secret_key=SecretStr("k-for-tests-only-0123456789-abcdefghij"),
        trusted_proxies=0,
        probe_pass=SecretStr(PROBE_PASS),
    )
    transports = {
        "identity": httpx.MockTransport(_identity),
        "access-manager": httpx.MockTransport(access_manager or _catalogue),
    }
    context = runtime.build(SERVICE, settings, clock=clock, ids=SeededIds(1), transports=transports)
    ready(context.database, SERVICE.migrations)
    yield Hours(context, clock, runtime.web(context))
    context.database.close()
