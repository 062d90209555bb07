"""Whom the access token of a request names, and whether it reaches far enough (RFC 6750, RFC 9449 §7.1)."""

from collections.abc import Callable

from shared.auth.dpop import BadProof
from shared.auth.possession import BEARER, BOTH_WAYS, HEADER, SCHEME, Call, WrongWay, challenge, insist_holder
from shared.auth.verifier import Caller, TokenRefused
from shared.errors import Problem, forbidden, unauthorized
from shared.service import Context

_SCHEMES = frozenset({BEARER.lower(), SCHEME.lower()})


def admitted(context: Context, header: Callable[[str], str | None], call: Call, scope: str) -> Caller:
    """Return whom the token names, where it was sent as it must be and has the scope; raises the 401 or 403 Problem.

    `header` returns a header of the request by its name. A proof of possession is taken once: ask once per request.
    """
    kind, _, rest = (header("Authorization") or "").partition(" ")
    token = rest.strip()
    if kind.lower() not in _SCHEMES or not token:
        raise unauthorized("token-missing", "Send an access token: Authorization: Bearer …", BOTH_WAYS)
    try:
        found = context.verifier.verify(token)
        insist_holder(context, kind, token, found.jkt, header(HEADER), call)
    except TokenRefused as error:
        # Its message may quote what came: it stays out of the header.
        raise _refused(error, f'{BEARER} error="invalid_token"') from error
    except WrongWay as error:
        raise _refused(error, challenge("invalid_token", str(error))) from error
    except BadProof as error:
        told = challenge("invalid_dpop_proof", str(error))
        raise unauthorized("proof-refused", f"The DPoP proof was refused: {error}.", told) from error
    if scope not in found.scopes:
        raise _too_narrow(found, scope)
    return found


def _refused(error: Exception, told: str) -> Problem:
    return unauthorized("token-refused", f"The access token was refused: {error}.", told)


def _too_narrow(found: Caller, scope: str) -> Problem:
    """403 with the challenge of RFC 6750 §3.1."""
    scheme = BEARER if found.jkt is None else SCHEME
    refusal = forbidden("insufficient-scope", f"The access token needs the scope {scope}.", scope=scope)
    refusal.headers["WWW-Authenticate"] = f'{scheme} error="insufficient_scope", scope="{scope}"'
    return refusal
