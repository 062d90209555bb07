"""A very small issuer: keys, an authorize endpoint that knows who sits there, a token endpoint that checks PKCE.

It keeps to the RFCs where a relying party of ours could notice a difference, and lets a test bend each answer.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from shared.clock import Clock

ORIGIN = "http://localhost:8000"


def new_key(kid: str) -> ECKey:
    """A signing key."""
    return ECKey.generate_key("P-256", {"kid": kid, "alg": "ES256", "use": "sig"})


@dataclass(frozen=True)
class Sitting:
    """Who sits at the browser, as identity sees it."""

    account_id: str = "acc_casey"
    name: str = "Casey Coordinator"
    population: str = "provider"
    acr: str = "urn:gatehouse:acr:1"
    sid: str = "sid_1"


@dataclass
class Issuer:
    """What the issuer knows, what it was asked, and what a test may bend."""

    clock: Clock
    keys: list[ECKey] = field(default_factory=lambda: [new_key("first")])
    person: Sitting = field(default_factory=Sitting)
    asked: list[str] = field(default_factory=list)
    authorizations: list[dict[str, str]] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    callback: dict[str, str] = field(default_factory=dict)
    away: bool = False
    refuses_tokens: bool = False
    token_lives: int = 600
    published: int | None = None
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    used: dict[str, datetime] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    redeemed: int = 0
    knows_sessions: bool = True
    _began: dict[str, datetime] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sits(self, **facts: str) -> None:
        """Another person, or the same one signed in otherwise."""
        self.person = replace(self.person, **facts)

    def count(self, path: str) -> int:
        """How often a path was asked."""
        return self.asked.count(path)

    def sign(self, claims: dict[str, Any], typ: str = "JWT", key: ECKey | None = None) -> str:
        """A token with the newest key."""
        key = key or self.keys[-1]
        return jwt.encode({"alg": "ES256", "typ": typ, "kid": key.kid}, claims, key)

    def access_token(self, api: str, *scopes: str, key: ECKey | None = None, **claims: Any) -> str:
        """An access token for an API of the suite (RFC 9068), some claims bent."""
        now = int(self.clock.now().timestamp())
        sound = {
            "iss": ORIGIN,
            "aud": f"{ORIGIN}/api/{api}",
            "sub": "suite-service",
            "client_id": "suite-service",
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + 300,
        }
        return self.sign({**sound, **claims}, "at+jwt", key)

    def id_token(self, client_id: str, nonce: str) -> str:
        """The ID token of whoever sits at the browser."""
        now = int(self.clock.now().timestamp())
        sound = {
            "iss": ORIGIN,
            "aud": client_id,
            "sub": self.person.account_id,
            "name": self.person.name,
            "population": self.person.population,
            "acr": self.person.acr,
            "sid": self.person.sid,
            "auth_time": now,
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
        }
        return self.sign({**sound, **self.claims})

    def authorize(self) -> ResponseReturnValue:
        """The person is signed in already: the code goes straight back, with `iss` (RFC 9207)."""
        asked = request.args.to_dict()
        self.authorizations.append(asked)
        code = f"code-{len(self.authorizations)}"
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": ORIGIN, **self.callback}
        answer = {name: value for name, value in answer.items() if value}
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    def token(self) -> ResponseReturnValue:
        """Codes are good once, with the verifier of their request (RFC 7636 §4.6)."""
        if self.refuses_tokens:
            return {"error": "invalid_client"}, 401
        if request.form["grant_type"] == "client_credentials":
            name = str(request.authorization.username if request.authorization else "")
            api = request.form["resource"].rsplit("/", 1)[1]
            token = self.access_token(api, sub=name, client_id=name, jti=f"{len(self.asked)}")
            return {"access_token": token, "token_type": "Bearer", "expires_in": self.token_lives}
        self.redeemed += 1
        asked = self._codes.pop(request.form["code"], None)
        if asked is None or create_s256_code_challenge(request.form["code_verifier"]) != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        return {"id_token": self.id_token(asked["client_id"], asked["nonce"]), "token_type": "Bearer"}

    def session(self, sid: str) -> ResponseReturnValue:
        """How long a session lasts; a POST is use."""
        now = self.clock.now()
        began, used = self._began.setdefault(sid, now), self.used.get(sid, now)
        if sid in self.ended or now >= min(used + self.idle, began + self.longest):
            return {"type": "/problems/session-over"}, 410
        if request.method == "POST":
            self.used[sid] = used = now
        instants = {"idles_at": (used + self.idle).isoformat(), "ends_at": (began + self.longest).isoformat()}
        return {"session_id": sid, "idle_seconds": int(self.idle.total_seconds()), **instants}


def issuer_app(issuer: Issuer) -> Flask:
    """The issuer's doors."""
    app = Flask("issuer", static_folder=None)

    @app.before_request
    def note() -> ResponseReturnValue | None:
        issuer.asked.append(request.path)
        return ("away", 503) if issuer.away else None

    @app.get("/oauth/jwks")
    def jwks() -> ResponseReturnValue:
        return dict(KeySet([*issuer.keys[: issuer.published]]).as_dict(private=False))

    app.add_url_rule("/oauth/authorize", "authorize", issuer.authorize, methods=["GET"])
    app.add_url_rule("/oauth/token", "token", issuer.token, methods=["POST"])
    if issuer.knows_sessions:
        sessions = "/api/identity/v1/sessions/<sid>"
        app.add_url_rule(sessions, "look", issuer.session, methods=["GET"])
        app.add_url_rule(f"{sessions}/use", "use", issuer.session, methods=["POST"])
    return app
