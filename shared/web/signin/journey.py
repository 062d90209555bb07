"""The way to identity and back, as the RFCs want it: state bound to the browser, PKCE, the ID token checked."""

import json
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Response, current_app, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.auth.acr import satisfies
from shared.auth.declared import open_page
from shared.crypto import same, sha256
from shared.errors import Problem, unavailable
from shared.web.addresses import way_back
from shared.web.cookies import bound_to_host
from shared.web.door import context, transaction
from shared.web.signin import rows, vouching
from shared.web.signin.vouching import Over

PREFIX = "GATEHOUSE_SIGNIN_PREFIX"
_STATE_LIVES = timedelta(minutes=10)
_AWAY = "Identity does not answer; try again shortly."


def cookie_name() -> str:
    """Return the name of this service's session cookie."""
    return bound_to_host(f"gh_{context().service.api}")


def start(acr: str, fresh: timedelta | None) -> ResponseReturnValue:
    """Send the browser to identity; what the answer must match waits in the cache, bound to this browser."""
    place = context()
    state, nonce, verifier = place.ids.token(24), place.ids.token(16), place.ids.token(48)
    binding = request.cookies.get(cookie_name() + "_state") or place.ids.token(16)
    max_age = None if fresh is None else int(fresh.total_seconds())
    kept: dict[str, object] = {"nonce": nonce, "verifier": verifier, "target": way_back(), "binding": sha256(binding)}
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
    _set_cookie(answer, cookie_name() + "_state", binding, _STATE_LIVES)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@open_page("identity sends the browser back here before anybody is known")
def callback() -> ResponseReturnValue:
    """Take the answer of identity, once, from the browser that was sent there."""
    place = context()
    stored = place.cache.take(f"signin:{request.args.get('state', '')}")
    kept = json.loads(stored) if stored else None
    binding = request.cookies.get(cookie_name() + "_state", "")
    if kept is None or not same(sha256(binding), kept["binding"]):
        return _start_over(kept["target"] if kept else None)
    if request.args.get("iss") != place.settings.public_url:
        raise Problem(400, "signin-mix-up", "The sign-in came from somewhere else.", "Start again from the page.")
    if "code" not in request.args:
        raise _refused(request.args.get("error_description", ""))
    return _settle(kept, *_redeem(request.args["code"], kept))


def _settle(kept: dict[str, Any], claims: dict[str, Any], id_token: str) -> ResponseReturnValue:
    """Store the session, then ask identity: the event that ends it may have come before there was anything to end."""
    place = context()
    with transaction() as work:
        secret = rows.begin(work, claims, id_token, request.cookies.get(cookie_name(), ""))
    left = vouching.use(place, str(claims.get("sid", "")))
    with transaction() as work:
        if isinstance(left, Over):
            rows.drop(work, sha256(secret))
            return _start_over(kept["target"])
        rows.note_use(work, sha256(secret), left)
    answer = redirect(kept["target"], 303)
    _set_cookie(answer, cookie_name(), secret, None)
    answer.delete_cookie(cookie_name() + "_state", path="/", secure=place.settings.secure)
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


def _callback_url() -> str:
    return f"{context().settings.public_url}{current_app.config[PREFIX]}/callback"


def _set_cookie(answer: Response | object, name: str, value: str, lives: timedelta | None) -> None:
    cast("Response", answer).set_cookie(
        name, value, max_age=lives, path="/", secure=context().settings.secure, httponly=True, samesite="Lax"
    )
