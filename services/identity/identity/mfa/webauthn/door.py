"""The edge between the script in the browser and passkeys: JSON in, JSON out, refusals in words to show, the cookie.

The doors that use it are views of pages: they declare who may call and need the form token, in `X-CSRF-Token`.
"""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from identity.mfa.webauthn.challenges import LIFE
from shared.cache import CacheAway
from shared.errors import Problem, bad_request, unavailable, unsupported_media
from shared.i18n import say
from shared.web.cookies import bound_to_host
from shared.web.door import context
from shared.web.exits import problem_response
from shared.web.shell.language import words

_COOKIE = "gh_passkey"
_LARGEST = 32 * 1024  # bytes; the largest answer of an authenticator is a tenth of this
_SENTENCES = {
    "challenge": say("This took too long, or was used once already. Try again"),
    "copied": say("This passkey was stopped, because a copy of it seems to exist. Sign in another way"),
    "disabled": say("This passkey was stopped, because a copy of it seems to exist. Sign in another way"),
    "unknown_credential": say("This passkey is not known here. Choose another one, or sign in another way"),
    "other_account": say("This passkey belongs to another account. Choose the one of the account you began with"),
    "known_credential": say("This passkey is in use already. Make a new one"),
    "too_many": say("You have as many passkeys as an account may have. Remove one first."),
    "not_asked": say("Something changed while you did this. Reload the page and go on from there"),
}
_OTHERWISE = say("This passkey could not be checked. Try again, or use another way")
_AWAY = say("Passkeys cannot be checked at the moment. Use another way, or try again in a minute")


def speaks_json(blueprint: Blueprint) -> Blueprint:
    """Let every refusal of the blueprint's views leave as problem details in the reader's language."""
    blueprint.register_error_handler(Problem, _told)
    blueprint.register_error_handler(CacheAway, lambda _error: _told(unavailable("passkeys-away", _AWAY)))
    return blueprint


def sent() -> Any:
    """Return the JSON of the request. Raises the Problem 400, 413 or 415 for anything else."""
    request.max_content_length = _LARGEST
    if request.mimetype != "application/json":
        raise unsupported_media(say("Send it as the page does."))
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise bad_request("malformed-json", _OTHERWISE) from error


def refusal(reason: str) -> Problem:
    """Return the refusal for a reason of `passkeys.Refused`; `reason` lets the script act, `detail` is shown."""
    return Problem(
        403, "passkey-refused", say("This passkey is not accepted"), _SENTENCES.get(reason, _OTHERWISE), reason=reason
    )


def leads_to(answer: AnyResponse) -> Response:
    """Turn a redirect into JSON that says where to go, cookies included: scripts cannot follow one with a page."""
    told = jsonify(next=answer.headers["Location"])
    for cookie in answer.headers.getlist("Set-Cookie"):
        told.headers.add("Set-Cookie", cookie)
    return told


def ceremony() -> str | None:
    """Return the secret that this browser's ceremonies are bound to, or None."""
    value = request.cookies.get(bound_to_host(_COOKIE), "")
    return value if len(value) == 43 else None


def keep_ceremony(answer: Response, secret: str) -> None:
    """Let the browser keep the secret as long as a challenge lives. It names nobody."""
    secure = context().settings.secure
    answer.set_cookie(
        bound_to_host(_COOKIE), secret, max_age=LIFE, secure=secure, httponly=True, samesite="Strict", path="/"
    )


def _told(problem: Problem) -> Response:
    """Answer with the refusal, translated here: other programs get English, a person reads this one."""
    spoken = words()
    problem.title, problem.detail = spoken.render(problem.title), spoken.render(problem.detail or problem.title)
    return problem_response(problem)
