"""A portal: discovery, code flow with PKCE, userinfo, logout in both directions, and a decision per act.

Everything about Gatehouse comes from its discovery documents; the rest is Authlib's Flask client (OIDC Core §3.1,
RFC 7636) and one POST to the AuthZEN Authorization API.
"""

import os
import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.oidc.core import CodeIDToken
from flask import Flask, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from deploy.portal.sessions import Sessions, ended_session

_SCOPE = "openid profile email population organization functions offline_access"
ACT = "precert.submit"
_LOOK_AGAIN = 10  # seconds


def create_app(
    issuer: str,
    client_id: str,
    client_secret: str,
    public_url: str,
    secret_key: str,
    now: Callable[[], float] = time.time,
) -> Flask:
    """Return the portal, to be served at `public_url`; `issuer` is Gatehouse's public origin.

    `now` gives seconds since 1970; a trial that freezes Gatehouse's clock lets the portal follow it.
    """
    app = Flask(__name__)
    app.secret_key = secret_key
    app.config.update(
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=public_url.startswith("https://"),
    )
    oauth = OAuth(app)
    gatehouse = oauth.register(
        "gatehouse",
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_id=client_id,
        client_secret=client_secret,
        client_kwargs={"scope": _SCOPE, "code_challenge_method": "S256"},
    )
    sessions = Sessions(now)
    _add_pages(app, gatehouse, public_url, _id_token_at(now), sessions)
    _add_back_channel(app, gatehouse, sessions, now)
    decisions = Decisions(issuer, client_id, client_secret)

    @app.post("/precertifications")
    def submit() -> ResponseReturnValue:
        known = sessions.find(session.get("sid"))
        person = known.get("person")
        if not person or not person.get("org"):
            return redirect(url_for("home"), 303)
        answer = decisions.ask(person["sub"], ACT, person["org"]["id"], known.get("acr", ""))
        return render_template("answer.html", person=person, answer=answer, act=ACT), 200 if answer["decision"] else 403

    return app


def _id_token_at(now: Callable[[], float]) -> type[CodeIDToken]:
    """Return Authlib's ID token, judged by a clock of ours."""

    class IdToken(CodeIDToken):  # type: ignore[misc]
        def validate(self, now: Callable[[], float] = now, leeway: int = 0) -> None:
            super().validate(int(now()), leeway)

    return IdToken


def _add_pages(app: Flask, gatehouse: Any, public_url: str, id_token: type[CodeIDToken], sessions: Sessions) -> None:
    @app.get("/")
    def home() -> str:
        return render_template("home.html", person=sessions.find(session.get("sid")).get("person"), act=ACT)

    @app.get("/sign-in")
    def sign_in() -> ResponseReturnValue:
        # a denial that names acr_values is mended by a sign-in that meets them (RFC 9470 §5)
        wanted = {name: value for name, value in request.args.items() if name == "acr_values"}
        return cast("Response", gatehouse.authorize_redirect(f"{public_url}/callback", **wanted))

    @app.get("/callback")
    def callback() -> ResponseReturnValue:
        try:
            token = gatehouse.authorize_access_token(claims_cls=id_token)
        except OAuthError as error:
            return render_template("refused.html", error=error.error, description=error.description), 403
        person = dict(gatehouse.userinfo(token=token))
        if person.get("sub") != token["userinfo"]["sub"]:  # OIDC Core §5.3.2: Authlib leaves this to us
            return render_template("refused.html", error="The answer speaks of somebody else."), 403
        session["sid"] = token["userinfo"]["sid"]  # the cookie holds no more than whose session it is
        begun = {"person": person, "id_token": token["id_token"], "acr": token["userinfo"].get("acr", "")}
        if not sessions.begin(session["sid"], begun):
            return render_template("refused.html", error="Your sign-in has ended meanwhile."), 403
        return redirect(url_for("home"), 303)

    @app.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        sid = session.pop("sid", None)
        hint = sessions.find(sid).get("id_token")
        sessions.leave(sid)
        end = gatehouse.load_server_metadata()["end_session_endpoint"]
        query = {"post_logout_redirect_uri": f"{public_url}/", **({"id_token_hint": hint} if hint else {})}
        return redirect(f"{end}?{urlencode(query)}", 303)

    @app.after_request
    def headers(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
        return answer

    @app.before_request
    def own_forms_only() -> ResponseReturnValue | None:
        """The session cookie is SameSite=Lax; a foreign origin is refused on top."""
        origin = request.headers.get("Origin")
        foreign = origin not in (None, "null", public_url)
        return ("Send this from the portal itself.", 403) if request.method == "POST" and foreign else None


def _add_back_channel(app: Flask, gatehouse: Any, sessions: Sessions, now: Callable[[], float]) -> None:
    looked_again = [float("-inf")]

    def keys(again: bool) -> Any:
        """A stranger may name any key: the provider is asked for new ones six times a minute at most (threat 56)."""
        force = again and now() - looked_again[0] >= _LOOK_AGAIN
        if force:
            looked_again[0] = now()
        return gatehouse.fetch_jwk_set(force=force)

    @app.post("/signed-out")
    def signed_out() -> ResponseReturnValue:
        """Gatehouse says that a sign-in is over, whatever ended it; it may say so more than once."""
        issuer = gatehouse.load_server_metadata()["issuer"]
        try:
            sid = ended_session(request.form.get("logout_token", ""), keys, issuer, gatehouse.client_id, now())
        except ValueError as error:
            return {"error": "invalid_request", "error_description": str(error)}, 400
        sessions.end(sid)
        return "", 200


class Decisions:
    """Asks whether a person may do something, as the AuthZEN Authorization API 1.0 says, with the portal's token."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._http = httpx.Client(timeout=5)
        self._issuer = issuer
        self._credentials = (client_id, client_secret)

    def ask(self, account_id: str, function: str, organization_id: str, acr: str) -> dict[str, Any]:
        """Return the answer: `decision`, and `context` with the reason; raises httpx.HTTPError when nobody answers.

        `acr` is how the person signed in, as their ID token says; sensitive functions are denied without it.
        """
        question = {
            "subject": {"type": "account", "id": account_id},
            "action": {"name": function},
            "resource": {"type": "organization", "id": organization_id},
            "context": {"acr": acr} if acr else {},
        }
        metadata = self._http.get(f"{self._issuer}/.well-known/authzen-configuration").raise_for_status().json()
        headers = {"Authorization": f"Bearer {self._token()}"}
        answer = self._http.post(metadata["access_evaluation_endpoint"], json=question, headers=headers)
        return cast("dict[str, Any]", answer.raise_for_status().json())

    def _token(self) -> str:
        # A token per question keeps the sample short; a busy portal keeps one until it expires.
        discovery = self._http.get(f"{self._issuer}/.well-known/openid-configuration").raise_for_status().json()
        form = {"grant_type": "client_credentials", "resource": f"{self._issuer}/api/access"}
        answer = self._http.post(discovery["token_endpoint"], data=form, auth=self._credentials)
        return str(answer.raise_for_status().json()["access_token"])


def app_from_environment() -> Flask:
    """Return the portal with its settings from PORTAL_* variables: what gunicorn loads."""
    secret_file = os.environ.get("PORTAL_CLIENT_SECRET_FILE")
    if secret_file:
        with open(secret_file, encoding="utf-8") as file:
            secret = file.read().strip()
    else:
        secret = os.environ["PORTAL_CLIENT_SECRET"]
    names = ("PORTAL_ISSUER", "PORTAL_CLIENT_ID", "PORTAL_PUBLIC_URL", "PORTAL_SECRET_KEY")
    issuer, client_id, public_url, key = (os.environ[name] for name in names)
    return create_app(issuer, client_id, secret, public_url, key)
