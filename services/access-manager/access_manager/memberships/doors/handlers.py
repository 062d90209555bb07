"""What registration tells about people the support desk seated, and identity about accounts that are closed."""

from collections.abc import Mapping
from typing import Any, cast

from access_manager.memberships import seats, service
from access_manager.organizations.service import OrganizationFacts, learn
from access_manager.people import service as people
from access_manager.people.handlers import account_stands
from access_manager.rules.managers import may_seat
from shared.events.event import Event
from shared.service import Work


def vetting_completed(work: Work, event: Event) -> None:
    """Seat the person the desk vetted: the organization, their membership, and the manager's seat while one is free.

    A case names its source, so the same case told twice changes nothing, not even after a later removal.
    """
    told = cast("Mapping[str, Any]", event.data)
    if told["outcome"] != "seated":
        return
    organization = learn(work, _facts(told["organization"]))
    people.learn(work, told["account_id"], told["person"]["display_name"], told["person"]["email"])
    source = f"vetting:{told['case_id']}"
    if service.granted_by(work.session, told["account_id"], organization.id, source):
        return
    # The desk may have ticked what only contracted organizations hold, or those who give care; the rule wins.
    functions = [each for each in told["functions"] if each in organization.entitled]
    found = service.grant(work, organization, told["account_id"], functions, source=source)
    if not found.is_manager and may_seat(organization.manager_count) is None:
        seats.seat(work, organization, found)


def account_closed(work: Work, event: Event) -> None:
    """A closed account works nowhere any more; its seats are free, so that nobody waits for a manager who is gone.

    The organizations come first, the person's row after them, as in every other act: so nobody waits in a circle.
    """
    service.leave_all(work, str(event.data["account_id"]), "account_closed")
    account_stands(work, event)


def _facts(told: Mapping[str, Any]) -> OrganizationFacts:
    return OrganizationFacts(
        told["id"], told["name"], told["kind"], bool(told["contracted"]), told.get("tin_last4") or None
    )
