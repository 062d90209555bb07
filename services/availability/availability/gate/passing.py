"""Who passes while maintenance is in effect: by what somebody can prove, never by what anybody can say.

staff     the session of our own pages (same origin), or an access token for this API: both name the population
probes    the value of GATEHOUSE_PROBE_PASS in the header X-Gatehouse-Pass, which synthetic monitors send
clients   are named by the proxy, or by the token of a decision, and need nothing from here
"""

from hmac import compare_digest

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from availability.maintenance.states import Allowed
from availability.settings import AvailabilitySettings
from shared.auth import ACR_TWO_FACTORS, satisfies
from shared.auth.verifier import TokenRefused
from shared.errors import Problem
from shared.web.door import context
from shared.web.signin import looked_up

PASS = "X-Gatehouse-Pass"  # noqa: S105 - a name, not a secret
_STAFF = "staff"
_BEARER = "bearer "


def kinds_of_request() -> frozenset[str]:
    """The kinds of an allow-list that whoever sent this request has proved to be."""
    proved = {Allowed.PROBES: _is_probe(), Allowed.STAFF: _is_staff()}
    return frozenset(kind for kind, holds in proved.items() if holds)


def _is_probe() -> bool:
    settings, shown = context().settings, request.headers.get(PASS, "").encode()
    known = settings.probe_passes if isinstance(settings, AvailabilitySettings) else ()
    return any(compare_digest(shown, one) for one in known)


def _is_staff() -> bool:
    """Whether a person of the payer asks. What cannot be looked up now proves nothing."""
    try:
        return _by_session() or _by_token()
    except (SQLAlchemyError, Problem, TokenRefused):
        return False


def _by_session() -> bool:
    found = looked_up()
    return found is not None and _is_strong_staff(found.population, found.acr)


def _by_token() -> bool:
    shown = request.headers.get("Authorization", "")
    if not shown.lower().startswith(_BEARER):
        return False
    found = context().verifier.verify(shown[len(_BEARER) :].strip())
    # one that is bound to a key would need a proof for this very request, which no proxy can make
    return found.jkt is None and _is_strong_staff(found.population, found.acr)


def _is_strong_staff(population: str | None, acr: str | None) -> bool:
    return population == _STAFF and satisfies(acr or "", ACR_TWO_FACTORS)
