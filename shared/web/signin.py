"""Pages of a service sign people in through identity, as any portal does: code flow with PKCE (OIDC Core §3.1).

    page ─ no session, too weak or too old ─▶ /oauth/authorize ─▶ <prefix>/callback ─▶ session row ─▶ page
    session.ended (event) ─▶ the row is gone ─▶ next request starts over

Sessions are rows, the cookie is a random reference; the row's key is its hash. Rows end with identity's session.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Blueprint, Flask, Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, insert, select, update

from shared.auth.acr import ACR_PASSWORD, satisfies
from shared.auth.declared import Access, View, declare, open_page
from shared.crypto import same, sha256
from shared.db import changed
from shared.db.floor import web_sessions
from shared.errors import Problem, forbidden, unavailable
from shared.events.event import Event
from shared.service import Actor, Context, Subscription, Work
from shared.web.door import context, reading, transaction

_STATE_LIVES = timedelta(minutes=10)
IDLE = timedelta(minutes=30)
_LONGEST = timedelta(hours=12)
# Last-seen is sampled: no write on most reads.
_SAMPLE = timedelta(minutes=1)
_AWAY = "Identity does not answer; try again shortly."


@dataclass(frozen=True)
class Person:
    """Who is signed in on a page: facts from the ID token of this session."""

    account_id: str
    name: str
    population: str
    acr: str
    auth_time: datetime
    sid: str
    session_key: str
    organization_id: str | None


def signed_in(
    acr: str = ACR_PASSWORD, population: Sequence[str] = (), fresh: timedelta | None = None
) -> Callable[[View], View]:
    """The page needs a signed-in person at `acr`; of one of `population`; whose sign-in is not older than `fresh`."""
    detail = f"{acr} {','.join(population) or 'everyone'}" + (f" within {fresh}" if fresh else "")
    return declare(Access("person", detail, lambda: _enforce(acr, population, fresh), csrf=True))


def person() -> Person:
    """Return who is signed in; only in views that declare `signed_in`."""
    return cast("Person", g.gatehouse_person)


def install_signin(app: Flask, prefix: str) -> None:
    """Add `<prefix>/callback` and `<prefix>/signout`; the service's client must have the callback registered."""
    app.config["GATEHOUSE_SIGNIN_PREFIX"] = prefix
    blueprint = Blueprint("signin", __name__)
    blueprint.add_url_rule(f"{prefix}/callback", view_func=_callback, methods=["GET"])
    blueprint.add_url_rule(f"{prefix}/signout", view_func=_signout, methods=["POST"])
    app.register_blueprint(blueprint)
    app.context_processor(lambda: _shell_values(prefix))


def choose_organization(work: Work, organization_id: str) -> None:
    """Remember the organization that this session works for."""
    mine = web_sessions.c.id == person().session_key
    work.session.execute(update(web_sessions).where(mine).values(organization_id=organization_id))


def on_session_ended(work: Work, event: Event) -> None:
    """Identity ended a session: so does ours."""
    work.session.execute(delete(web_sessions).where(web_sessions.c.sid == str(event.data["session_id"])))


SESSION_ENDED = Subscription("session.ended", "identity", on_session_ended)


def housekeeping(place: Context) -> int:
    """Forget sessions that are over; return how many."""
    with place.database.transaction() as session:
        over = web_sessions.c.expires_at < place.clock.now()
        return changed(session.execute(delete(web_sessions).where(over)))


def _shell_values(prefix: str) -> dict[str, object]:
    """What the page shell shows of who is signed in."""
    found: Person | None = g.get("gatehouse_person")
    return {"person_name": found.name, "signout_url": f"{prefix}/signout"} if found else {}


def _enforce(acr: str, population: Sequence[str], fresh: timedelta | None) -> ResponseReturnValue | None:
    found = _load()
    if found is None:
        return _start(acr, None)
    too_old = fresh is not None and context().clock.now() - found.auth_time > fresh
    if too_old or not satisfies(found.acr, acr):
        return _start(acr, fresh if too_old else None)
    if population and found.population not in population:
        raise forbidden("wrong-population", "Your account is for another portal of the payer.")
    g.gatehouse_person = found
    g.gatehouse_actor = Actor(found.account_id, "person", found.population)
    return None


def _cookie() -> str:
    place = context()
    return ("__Host-" if place.settings.secure else "") + f"gh_{place.service.api}"


def _load() -> Person | None:
    token = request.cookies.get(_cookie(), "")
    now = context().clock.now()
    if not token:
        return None
    key = sha256(token)
    with reading() as session:
        row = session.execute(select(web_sessions).where(web_sessions.c.id == key)).one_or_none()
    if row is None or row.expires_at <= now or row.last_seen_at + IDLE <= now:
        return None
    if now - row.last_seen_at > _SAMPLE:
        with transaction() as work:
            work.session.execute(update(web_sessions).where(web_sessions.c.id == key).values(last_seen_at=now))
    return Person(row.account_id, row.name, row.population, row.acr, row.auth_time, row.sid, key, row.organization_id)


def _start(acr: str, fresh: timedelta | None) -> ResponseReturnValue:
    """Send the browser to identity; what the answer must match waits in the cache, bound to this browser."""
    place = context()
    state, nonce, verifier = place.ids.token(24), place.ids.token(16), place.ids.token(48)
    binding = request.cookies.get(_cookie() + "_state") or place.ids.token(16)
    max_age = None if fresh is None else int(fresh.total_seconds())
    kept: dict[str, object] = {"nonce": nonce, "verifier": verifier, "target": _way_back(), "binding": sha256(binding)}
    kept |= {"acr": acr, "max_age": max_age}
    place.cache.set(f"signin:{state}", json.dumps(kept).encode(), _STATE_LIVES)
    parameters = {
        "response_type": "code",
        "client_id": place.service.name,
        "redirect_uri": _callback_url(),
        "scope": "openid profile email population",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        "acr_values": acr,
    }
    if max_age is not None:
        parameters["max_age"] = str(max_age)
    answer = redirect(f"{place.settings.public_url}/oauth/authorize?{urlencode(parameters)}", 303)
    _set_cookie(answer, _cookie() + "_state", binding, _STATE_LIVES)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _way_back() -> str:
    """This page; for a form whose address has no page of its own, the nearest above it that has one."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    addresses, path = current_app.url_map.bind(""), request.path
    while not addresses.test(path, "GET") and path.count("/") > 1:
        path = path.rpartition("/")[0]
    return path


@open_page("identity sends the browser back here before anybody is known")
def _callback() -> ResponseReturnValue:
    place = context()
    stored = place.cache.take(f"signin:{request.args.get('state', '')}")
    kept = json.loads(stored) if stored else None
    binding = request.cookies.get(_cookie() + "_state", "")
    if kept is None or not same(sha256(binding), kept["binding"]):
        return _start_over(kept["target"] if kept else None)
    if request.args.get("iss") != place.settings.public_url:
        raise Problem(400, "signin-mix-up", "The sign-in came from somewhere else.", "Start again from the page.")
    if "code" not in request.args:
        raise _refused(request.args.get("error_description", ""))
    claims, id_token = _redeem(request.args["code"], kept)
    answer = redirect(kept["target"], 303)
    _set_cookie(answer, _cookie(), _remember(claims, id_token), None)
    answer.delete_cookie(_cookie() + "_state", path="/", secure=place.settings.secure)
    return answer


def _start_over(target: str | None) -> ResponseReturnValue:
    """The back button, or a sign-in left lying for long: no error, just begin again."""
    prefix = str(target or context().service.prefixes[0])
    return redirect(prefix, 303)


def _redeem(code: str, kept: dict[str, Any]) -> tuple[dict[str, Any], str]:
    place = context()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _callback_url(),
        "code_verifier": kept["verifier"],
    }
    secret = place.settings.service_client_secret.get_secret_value()
    try:
        answer = place.neighbours.bare("identity").post("/oauth/token", data=form, auth=(place.service.name, secret))
    except httpx.HTTPError as error:
        raise unavailable("identity-away", _AWAY) from error
    if answer.status_code >= 500:
        raise unavailable("identity-away", _AWAY)
    if answer.status_code != 200:
        raise _refused()
    id_token = str(answer.json().get("id_token", ""))
    claims = _check_id_token(id_token, kept["nonce"])
    _check_strength(claims, kept)
    return claims, id_token


def _check_id_token(id_token: str, nonce: str) -> dict[str, Any]:
    """OIDC Core §3.1.3.7; the token came straight from the token endpoint, and is checked all the same."""
    place = context()
    keys = place.neighbours.jwks()
    try:
        claims = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=["ES256", "RS256"]).claims
    except (JoseError, ValueError) as error:
        raise _refused() from error
    expected = {"iss": place.settings.public_url, "aud": place.service.name, "nonce": nonce}
    instants = [claims.get("exp"), claims.get("auth_time")]
    if any(claims.get(name) != value for name, value in expected.items()) or not claims.get("sub"):
        raise _refused()
    if not all(isinstance(instant, int) for instant in instants) or claims["exp"] <= place.clock.now().timestamp() - 5:
        raise _refused()
    return dict(claims)


def _check_strength(claims: dict[str, Any], kept: dict[str, Any]) -> None:
    """What the page asked for must be there now; sending the browser to identity again would be a circle."""
    age = context().clock.now().timestamp() - claims["auth_time"]
    if not satisfies(str(claims.get("acr")), kept["acr"]) or (
        kept["max_age"] is not None and age > kept["max_age"] + 5
    ):
        raise _refused("This page asks for a stronger sign-in than you have now. Sign out, then sign in again.")


def _refused(detail: str = "Start again from the page.") -> Problem:
    return Problem(403, "signin-refused", "The sign-in did not finish.", detail)


def _remember(claims: dict[str, Any], id_token: str) -> str:
    """Store the session under a new secret (never the one the browser came with: threat 20)."""
    place = context()
    token = place.ids.token()
    old = request.cookies.get(_cookie(), "")
    with transaction() as work:
        previous = work.session.execute(
            select(web_sessions.c.account_id, web_sessions.c.organization_id).where(web_sessions.c.id == sha256(old))
        ).one_or_none()
        # Stronger or fresher proof of the same person keeps the organization they work for.
        same_person = previous is not None and previous.account_id == claims["sub"]
        work.session.execute(delete(web_sessions).where(web_sessions.c.id == sha256(old)))
        work.session.execute(
            insert(web_sessions).values(
                id=sha256(token),
                account_id=str(claims["sub"]),
                name=str(claims.get("name", "")),
                population=str(claims.get("population", "")),
                acr=str(claims.get("acr", "")),
                auth_time=datetime.fromtimestamp(claims["auth_time"], UTC),
                sid=str(claims.get("sid", "")),
                organization_id=previous.organization_id if previous is not None and same_person else None,
                data={"id_token": id_token},
                created_at=work.now,
                last_seen_at=work.now,
                expires_at=work.now + _LONGEST,
            )
        )
    return token


@open_page("signing out must work with a session that is already over")
def _signout() -> ResponseReturnValue:
    """End our session and let identity end its own (RP-initiated logout)."""
    place = context()
    key = sha256(request.cookies.get(_cookie(), ""))
    with transaction() as work:
        row = work.session.execute(select(web_sessions.c.data).where(web_sessions.c.id == key)).one_or_none()
        work.session.execute(delete(web_sessions).where(web_sessions.c.id == key))
    hint = {"id_token_hint": row.data["id_token"]} if row is not None else {}
    query = urlencode({**hint, "client_id": place.service.name})
    answer = redirect(f"{place.settings.public_url}/oauth/logout?{query}", 303)
    answer.delete_cookie(_cookie(), path="/", secure=place.settings.secure)
    return answer


def _callback_url() -> str:
    place = context()
    return f"{place.settings.public_url}{current_app.config['GATEHOUSE_SIGNIN_PREFIX']}/callback"


def _set_cookie(answer: Response | object, name: str, value: str, lives: timedelta | None) -> None:
    cast("Response", answer).set_cookie(
        name, value, max_age=lives, path="/", secure=context().settings.secure, httponly=True, samesite="Lax"
    )
