"""A service of nothing but the floor: a JSON API that counts, and pages for people of every kind."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import click
import httpx
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import fields
from werkzeug.test import TestResponse

from shared import runtime
from shared.auth import ACR_TWO_FACTORS, caller, open_page, requires
from shared.clock import SettableClock
from shared.config import Settings
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.ids import SeededIds
from shared.service import Context, Job, Service
from shared.web.api import Shape, register
from shared.web.shell import page
from shared.web.signin import SESSION_ENDED, install_signin, person, signed_in
from tests.support.issuer import ORIGIN, Issuer, issuer_app
from tests.support.migrated import ready
from tests.support.throwaway import event_bytes, no_migrations

API = "/api/kiosk/v1"


class ThingIn(Shape):
    """What the API takes."""

    name = fields.String(required=True)
    size = fields.Integer(strict=True)


@dataclass
class Kiosk:
    """The running service and what a test does with it."""

    context: Context
    app: Flask
    clock: SettableClock
    issuer: Issuer
    made: list[dict[str, Any]] = field(default_factory=list)
    fails_with: list[Exception] = field(default_factory=list)
    during: list[Callable[[], object]] = field(default_factory=list)

    def browser(self) -> FlaskClient:
        """Another browser, with cookies of its own."""
        return self.app.test_client()

    def bearer(self, *scopes: str, **claims: Any) -> dict[str, str]:
        """The header of a caller with scopes."""
        return {"Authorization": "Bearer " + self.issuer.access_token("kiosk", *scopes, **claims)}

    def post(self, body: object = None, key: str | None = None, **options: Any) -> TestResponse:
        """Make a thing: a body for JSON, or `data=` and `content_type=` for raw bytes."""
        headers = {**self.bearer("kiosk.write", **options.pop("claims", {})), **options.pop("headers", {})}
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            options["json"] = body
        return self.app.test_client().post(f"{API}/things", headers=headers, **options)

    def make(self, body: dict[str, Any]) -> ResponseReturnValue:
        """The use case behind the API: counts, waits for the test, or fails as the test wants."""
        while self.during:
            # a thread of its own, as another worker would be: flask's state is not shared
            meanwhile = threading.Thread(target=self.during.pop())
            meanwhile.start()
            meanwhile.join()
        if self.fails_with:
            raise self.fails_with.pop()
        self.made.append({**body, "by": caller().subject})
        return {"number": len(self.made)}, 201, {"Location": f"{API}/things/{len(self.made)}", "X-Other": "kept"}

    def visit(self, browser: FlaskClient, path: str) -> TestResponse:
        """Open a page as a browser does, past the issuer and back, wherever it ends."""
        answer = browser.get(path)
        for _ in range(6):
            if answer.status_code not in {302, 303, 307}:
                return answer
            answer = self.follow(browser, answer.headers["Location"])
        raise AssertionError(f"{path} leads in circles")

    def follow(self, browser: FlaskClient, location: str) -> TestResponse:
        """One step of a redirect: to the issuer's own app, or to ours."""
        here = location.removeprefix(ORIGIN)
        if here.startswith("/oauth/"):
            return issuer_app(self.issuer).test_client().get(here)
        return browser.get(here)

    def hear_session_ended(self, sid: str) -> None:
        """Identity's event arrives."""
        data = {"session_id": sid, "account_id": self.issuer.person.account_id, "reason": "signed_out"}
        body = event_bytes(id=f"evt_{sid}", subject=sid, data=data)
        Inbox(self.context).receive([Delivery("identity", "session.ended", body)])


@contextmanager
def open_kiosk(
    folder: Path, clock: SettableClock, *, jobs: tuple[Job, ...] = (), migrated: bool = True, **settings: Any
) -> Iterator[Kiosk]:
    """Run a kiosk on a database file in `folder`, with the issuer as its identity."""
    issuer = Issuer(clock)
    kiosk = cast("Kiosk", None)

    def mount(app: Flask, _context: Context) -> None:
        register(app, _api(lambda body: kiosk.make(body)))
        app.register_blueprint(_pages())
        install_signin(app, "/kiosk")

    service = _WithoutTables(
        name="kiosk",
        api="kiosk",
        package="shared",
        folder=folder,
        settings=Settings,
        prefixes=("/kiosk", "/api/kiosk"),
        build=lambda context: None,
        mount=mount,
        subscriptions=(SESSION_ENDED,),
        jobs=jobs,
        commands=click.Group("kiosk"),
    )
    context = runtime.build(
        service,
        _settings(folder, settings),
        clock=clock,
        ids=SeededIds(5),
        transports={"identity": httpx.WSGITransport(app=issuer_app(issuer))},
    )
    if migrated:
        ready(context.database, no_migrations())
    kiosk = Kiosk(context, runtime.web(context), clock, issuer)
    yield kiosk
    context.database.close()


class _WithoutTables(Service):
    """A service that has no tables of its own."""

    @property
    def migrations(self) -> Path:
        """An empty history."""
        return no_migrations()


def _settings(folder: Path, changes: dict[str, Any]) -> Settings:
    sound: dict[str, Any] = {
        "mode": "test",
        "public_url": ORIGIN,
        "database_url": f"sqlite:///{folder}/kiosk.db",
        "broker_url": "memory:",
        "cache_url": "memory:",
        "secret_key": "kiosk-test-key-0123456789-abcdefghij",
        "service_client_secret": "kiosk-secret",
        "trusted_proxies": 0,
    }
    return Settings.model_validate({**sound, **changes})


def _api(make: Any) -> ApiBlueprint:
    blueprint = ApiBlueprint("things", __name__, url_prefix=API)

    @blueprint.post("/things")  # type: ignore[untyped-decorator]
    @blueprint.arguments(ThingIn)  # type: ignore[untyped-decorator]
    @requires("kiosk.write")
    def add(body: dict[str, Any]) -> ResponseReturnValue:
        """Make a thing."""
        return cast("ResponseReturnValue", make(body))

    @blueprint.put("/things")  # type: ignore[untyped-decorator]
    @requires("kiosk.write", acr=ACR_TWO_FACTORS, max_age=timedelta(hours=1), unheld=True)
    def change() -> ResponseReturnValue:
        """Change nothing, for whoever may."""
        return {"changed": True}

    @blueprint.get("/things")  # type: ignore[untyped-decorator]
    @requires("kiosk.read")
    def listed() -> ResponseReturnValue:
        """List nothing."""
        return {"things": []}

    return blueprint


def _pages() -> Blueprint:
    blueprint = Blueprint("kiosk", __name__)

    def who() -> ResponseReturnValue:
        return f"{person().name} {person().acr} {person().sid}"

    def home() -> ResponseReturnValue:
        return page("shell/help.html")

    def broken() -> ResponseReturnValue:
        raise ZeroDivisionError("the secret of the house")

    doors: list[tuple[str, Any]] = [
        ("/kiosk", signed_in()),
        ("/kiosk/strong", signed_in(acr=ACR_TWO_FACTORS)),
        ("/kiosk/staff", signed_in(population=("staff",))),
        ("/kiosk/lately", signed_in(fresh=timedelta(minutes=5))),
        ("/kiosk/unheld", signed_in(unheld=True)),
    ]
    for path, door in doors:
        view = door(lambda: who())
        blueprint.add_url_rule(path, path.replace("/", "_"), view, methods=["GET"])
    blueprint.add_url_rule("/kiosk/home", "home", signed_in()(home))
    blueprint.add_url_rule("/kiosk/broken", "broken", open_page("a page that breaks, for tests")(broken))
    return blueprint
