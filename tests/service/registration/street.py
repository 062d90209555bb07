"""The neighbours registration talks to, as one small real application: identity's and access-manager's doors.

It keeps to the contract (brief of issue 2): accounts by Idempotency-Key, an activation page, OIDC code flow, the
catalogue. It is in one process with registration under one origin, as the gateway would put it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from access_manager.functions.catalogue import FUNCTIONS, PROFILES
from shared.clock import Clock

ORIGIN = "http://localhost:8000"
KEY = ECKey.generate_key("P-256", {"kid": "street", "alg": "ES256", "use": "sig"})


@dataclass
class SignedIn:
    """Who identity says is at the browser."""

    account_id: str
    name: str
    population: str = "provider"
    acr: str = "urn:gatehouse:acr:1"


@dataclass
class Street:
    """What the neighbours know, and what a test may change about them."""

    clock: Clock
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    person: SignedIn | None = None
    away: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    loses_answers: bool = False

    def account_of(self, reference: str) -> str:
        """The account made for an application."""
        return str(self.accounts[reference]["account_id"])

    def token(self, *scopes: str, subject: str = "suite-service") -> dict[str, str]:
        """The header of a caller of registration's API, signed as identity would."""
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": ORIGIN,
            "aud": f"{ORIGIN}/api/registration",
            "sub": subject,
            "client_id": "suite-service",
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + 300,
        }
        header = {"alg": "ES256", "typ": "at+jwt", "kid": "street"}
        return {"Authorization": "Bearer " + jwt.encode(header, claims, KEY)}

    def id_token(self, nonce: str) -> str:
        """The ID token of whoever is at the browser."""
        person = self.person
        assert person is not None
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": ORIGIN,
            "aud": "registration",
            "sub": person.account_id,
            "name": person.name,
            "population": person.population,
            "acr": person.acr,
            "auth_time": now,
            "sid": "sid_" + person.account_id,
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
        }
        return jwt.encode({"alg": "ES256", "kid": "street"}, claims, KEY)


def application(street: Street) -> Flask:
    """The neighbours' doors."""
    app = Flask("street")

    @app.before_request
    def note() -> ResponseReturnValue | None:
        street.asked.append(f"{request.method} {request.path}")
        name = "access-manager" if request.path.startswith("/api/access") else "identity"
        return ("away", 503) if name in street.away else None

    @app.post("/oauth/token")
    def token() -> ResponseReturnValue:
        if request.form["grant_type"] == "client_credentials":
            return {"access_token": "service", "token_type": "Bearer", "expires_in": 600}
        return {"id_token": street.id_token(street.codes.pop(request.form["code"])["nonce"])}

    @app.get("/oauth/jwks")
    def jwks() -> ResponseReturnValue:
        return KeySet([KEY]).as_dict(private=False)  # type: ignore[return-value]

    @app.get("/oauth/authorize")
    def authorize() -> ResponseReturnValue:
        code = f"code-{len(street.asked)}"
        street.codes[code] = {"nonce": request.args["nonce"]}
        answer = {"code": code, "state": request.args["state"], "iss": ORIGIN}
        return redirect(request.args["redirect_uri"] + "?" + urlencode(answer), 303)

    _accounts(app, street)

    @app.get("/api/access/v1/functions")
    def functions() -> ResponseReturnValue:
        return {
            "functions": [_entry(each) for each in FUNCTIONS],
            "profiles": [{"id": p.id, "name": p.name, "functions": list(p.functions)} for p in PROFILES],
        }

    return app


def _accounts(app: Flask, street: Street) -> None:
    """Identity's accounts, and the page where their owners open them."""

    @app.post("/api/identity/v1/accounts")
    def accounts() -> ResponseReturnValue:
        body: dict[str, Any] = request.get_json()
        if street.keys.setdefault(request.headers["Idempotency-Key"], request.get_data()) != request.get_data():
            return {"type": "/problems/idempotency-mismatch"}, 422
        fresh = {"account_id": f"acc_{len(street.accounts) + 1}", "status": "invited"}
        known = street.accounts.setdefault(body["reference"], fresh)
        known |= body
        if street.loses_answers:
            return "lost", 503
        url = f"{ORIGIN}/account/activate?ticket={known['reference']}"
        return {"account_id": known["account_id"], "activation_url": url}, 201

    @app.get("/api/identity/v1/accounts/<account_id>")
    def account(account_id: str) -> ResponseReturnValue:
        known = next(each for each in street.accounts.values() if each["account_id"] == account_id)
        return {"account_id": account_id, "status": known["status"]}

    @app.get("/account/activate")
    def activate() -> ResponseReturnValue:
        form = '<form method="post"><button>Create account</button></form>'
        return f"<html><body><main><h1>Choose user ID</h1>{form}</main></body></html>"

    @app.post("/account/activate")
    def activated() -> ResponseReturnValue:
        known = street.accounts[request.args["ticket"]]
        known["status"] = "pending"
        return redirect(known["return_url"], 303)


def _entry(function: Any) -> dict[str, object]:
    names = ("id", "category", "task", "sentence", "calendar", "contracted_only", "sensitive")
    return {name: getattr(function, name) for name in names}


def at(moment: str) -> datetime:
    """An instant from its RFC 3339 text."""
    return datetime.fromisoformat(moment)
