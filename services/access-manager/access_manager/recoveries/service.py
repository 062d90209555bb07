"""Use case: let identity send a link to a member's own proved address. Identity asks the same rules for itself."""

import httpx

from access_manager.memberships.models import Membership
from access_manager.rules.refusals import Refusal, refuse
from shared.errors import Problem, not_found, too_many, unavailable
from shared.i18n import say
from shared.neighbours import Neighbours
from shared.service import Work

_AWAY = say("Nothing was sent, because the sign-in service does not answer. Try again in a minute.")
_TOO_OFTEN = say(
    "This person was sent several links within an hour. Try again later, or let them call the support desk."
)
_REFUSALS = {
    "/problems/recovery-by-desk": Refusal.RECOVERY_BY_DESK,
    "/problems/no-usable-address": Refusal.NO_USABLE_ADDRESS,
}


def ask_identity(neighbours: Neighbours, member: Membership, manager_id: str) -> None:
    """Let the link be sent; never inside a transaction. Raises the refusal as a problem, 503 while identity is away."""
    body = {"organization_id": member.organization_id, "manager_id": manager_id}
    address = f"/api/identity/v1/accounts/{member.account_id}/recoveries"
    try:
        answer = neighbours.get("identity").post(address, json=body)
    except httpx.HTTPError as error:
        raise unavailable("identity-away", _AWAY, 60) from error
    if answer.status_code != 202:
        raise _problem(answer)


def record(work: Work, member: Membership) -> None:
    """Keep it in the organization's history."""
    work.audit("recovery.started", target=member.account_id, organization=member.organization_id)


def _problem(answer: httpx.Response) -> Problem:
    if answer.status_code == 404:
        return not_found()
    if answer.status_code == 429:
        return too_many(int(answer.headers.get("Retry-After", "3600")), _TOO_OFTEN)
    refusal = _REFUSALS.get(_type_of(answer)) if answer.status_code == 409 else None
    return refuse(refusal) if refusal else unavailable("identity-away", _AWAY, 60)


def _type_of(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("type"))
    except (ValueError, AttributeError):
        return ""
