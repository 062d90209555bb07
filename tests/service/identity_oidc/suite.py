"""One running identity with clients, keys and people, and an app of somebody else's that speaks plain HTTP to it."""

import json
import secrets
import shutil
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask

from identity.accounts.service import NewAccount, name_account, open_account
from identity.accounts.states import Population, Status
from identity.app import SERVICE
from identity.entitlements import service as entitlements
from identity.oidc import bootstrap, demo
from identity.oidc.clients.policy import ClientSpec
from identity.oidc.clients.service import ensure_client
from identity.sessions import service as sessions
from identity.settings import IdentitySettings
from shared.clock import SettableClock
from shared.db.migrate import migrate
from shared.runtime import build, web

ORIGIN = "http://localhost:8000"
PORTAL = "https://portal.example"
OTHER = "https://other.example"
CALLBACK = f"{PORTAL}/callback"
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
KEEP = "k" * 40
SECRETS = {name: f"{name}-".ljust(48, "x") for name in ("portal", "other", "trial", "suite-service", "access-manager")}
ACCESS_API = f"{ORIGIN}/api/access"
HOURS_API = f"{ORIGIN}/api/availability"
CLINIC = {"id": "org_clinic", "name": "Lakeside Family Practice", "kind": "practice", "contracted": True}
BILLING = {"id": "org_billing", "name": "Billing Partners", "kind": "billing_company", "contracted": False}


class Suite:
    """The service with its clock and doors; `folder` holds a database that `prepare` made."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.clock = SettableClock(MONDAY)
        settings: dict[str, Any] = {
            "mode": "test",
            "public_url": ORIGIN,
            "database_url": url or f"sqlite:///{folder / 'identity.db'}",
            "broker_url": "memory:",
            "cache_url": "memory:",
            "secret_key": KEEP,
            "trusted_proxies": 0,
            "hash_memory_kib": 64,
            "hash_passes": 1,
        }
        self.context = build(SERVICE, IdentitySettings(**settings), clock=self.clock)
        self.app: Flask = web(self.context)
        self.http = httpx.Client(transport=httpx.WSGITransport(app=self.app), base_url=ORIGIN)

    def close(self) -> None:
        """Let go of the database."""
        self.http.close()
        self.context.database.close()

    def person(self, name: str = "pat", population: str = "provider", status: Status = Status.ACTIVE) -> str:
        """Open an account and return its id."""
        new = NewAccount(
            display_name=f"{name.title()} Partner",
            email=f"{name}@lakeside.example",
            mobile="+1 202 555 0110",
            population=Population(population),
        )
        with self.context.transaction() as work:
            account, _ = open_account(work, new, "tests")
            name_account(work, account.id, f"{name}.partner", status)
        return account.id

    def membership(self, account_id: str, organization: dict[str, Any] = CLINIC, **changes: Any) -> None:
        """Let the newest state of a membership arrive, as access-manager tells it."""
        state = {
            "membership_id": f"mbr_{account_id[-8:]}_{organization['id']}",
            "account_id": account_id,
            "organization": {**organization, "tin_last4": "1234"},
            "status": "active",
            "role": "member",
            "functions": ["precert.submit", "claims.status.view"],
            "starts_at": "2026-11-01T00:00:00Z",
            "ends_at": None,
        }
        sequence = changes.pop("sequence", 1)
        with self.context.transaction() as work:
            entitlements.record(work, sequence, {**state, **changes})

    def browser(self, account_id: str | None = None, amr: tuple[str, ...] = ("pwd",)) -> "Browser":
        """Return a browser; with an account, one in which that person has just signed in."""
        made = Browser(httpx.Client(transport=httpx.WSGITransport(app=self.app), base_url=ORIGIN))
        if account_id is not None:
            with self.context.transaction() as work:
                session, secret = sessions.open_session(work, account_id, amr, work.now)
                made.sid = session.id
            made.http.cookies.set("gh_session", secret, domain="localhost.local")
        return made

    def choose(self, browser: "Browser", organization: dict[str, Any]) -> None:
        """Let the person of a browser work for an organization."""
        with self.context.transaction() as work:
            sessions.choose_organization(work, browser.sid, organization["id"])

    def is_open(self, sid: str) -> bool:
        """Return whether a session is still on."""
        with self.context.reading() as session:
            return sessions.by_id(session, sid, self.clock.now()) is not None

    def end_session(self, sid: str) -> None:
        """End a session as the person would elsewhere."""
        with self.context.transaction() as work:
            sessions.end(work, sid, "signed_out")

    def run_jobs(self) -> None:
        """What the worker does every so often."""
        for job in SERVICE.jobs:
            job.run(self.context)


@dataclass
class Browser:
    """Cookies and a session id, where somebody is signed in."""

    http: httpx.Client
    sid: str = ""


@dataclass
class App:
    """A confidential client and its HTTP. Every request made by `asked` carries a fresh state, nonce and proof key."""

    suite: Suite
    client_id: str = "portal"
    redirect_uri: str = CALLBACK
    scope: str = "openid profile email population organization functions"
    verifiers: dict[str, str] = field(default_factory=dict)

    @property
    def auth(self) -> tuple[str, str]:
        """Client id and secret for the Authorization header."""
        return self.client_id, SECRETS[self.client_id]

    def asked(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a sound authorization request; None takes one out."""
        verifier = secrets.token_urlsafe(48)
        state = secrets.token_urlsafe(8)
        self.verifiers[state] = verifier
        sound: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": state,
            "nonce": secrets.token_urlsafe(8),
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (sound | changes).items() if value is not None}

    def authorize(self, browser: Browser, **changes: str | None) -> httpx.Response:
        """Send the browser with a request; redirects are not followed."""
        return browser.http.get("/oauth/authorize", params=self.asked(**changes))

    def code(self, browser: Browser, **changes: str | None) -> tuple[str, str]:
        """Return a code and its verifier."""
        told = returned(self.authorize(browser, **changes))
        assert "code" in told, told
        return told["code"], self.verifiers.get(told.get("state", ""), "")

    def redeem(self, code: str, verifier: str | None, **changes: str | None) -> httpx.Response:
        """Ask the token endpoint for the tokens of a code."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
        }
        return self.token({name: value for name, value in (form | changes).items() if value is not None})

    def token(self, form: dict[str, str]) -> httpx.Response:
        """POST a form to the token endpoint with our secret."""
        return self.suite.http.post("/oauth/token", data=form, auth=self.auth)

    def tokens(self, browser: Browser, **changes: str | None) -> dict[str, Any]:
        """Sign in and return the token answer."""
        answer = self.redeem(*self.code(browser, **changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refresh(self, token: str, **more: str) -> httpx.Response:
        """Use a refresh token."""
        return self.token({"grant_type": "refresh_token", "refresh_token": token, **more})

    def introspect(self, token: str) -> dict[str, Any]:
        """Ask about a token."""
        answer = self.suite.http.post("/oauth/introspect", data={"token": token}, auth=self.auth)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def revoke(self, token: str) -> httpx.Response:
        """Give a token back."""
        return self.suite.http.post("/oauth/revoke", data={"token": token}, auth=self.auth)

    def userinfo(self, token: str) -> httpx.Response:
        """Ask for the claims of a person."""
        return self.suite.http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})

    def own_token(self, **form: str) -> httpx.Response:
        """Ask for a token of the client's own."""
        return self.token({"grant_type": "client_credentials", **form})


def returned(answer: httpx.Response) -> dict[str, str]:
    """Return what an answer brings back to the app, whatever the app's address."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:500])
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True))


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a JWT, unchecked."""
    return dict(json.loads(_part(token, 1)))


def header_of(token: str) -> dict[str, Any]:
    """Return the header of a JWT, unchecked."""
    return dict(json.loads(_part(token, 0)))


def _part(token: str, number: int) -> bytes:
    text = token.split(".")[number]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def specs() -> list[ClientSpec]:
    """Return the clients of these tests."""
    portal = replace(bootstrap.portal(ORIGIN, PORTAL), populations=("provider",))
    return [
        portal,
        replace(portal, id="other", name="Other portal", redirect_uris=(f"{OTHER}/cb?tenant=1",), signing_alg="RS256"),
        bootstrap.access_manager(ORIGIN),
        demo.trial(ORIGIN),
        demo.suite_service(ORIGIN),
    ]


def prepare(suite: Suite) -> None:
    """Give an empty database tables, keys and clients."""
    migrate(suite.context.database, SERVICE.migrations)
    with suite.context.transaction() as work:
        bootstrap.prepare(work, {}, {})
        for spec in specs():
            ensure_client(work, spec, SECRETS[spec.id])


def copied(prepared: Path, folder: Path) -> Path:
    """Copy a prepared database into a folder of a test's own."""
    for file in prepared.iterdir():
        shutil.copy(file, folder / file.name)
    return folder
