"""What registration tells about applications that managers decide."""

from collections.abc import Mapping
from typing import Any, cast

from access_manager.approvals import service
from access_manager.approvals.flow import State
from access_manager.memberships.doors import handlers as memberships
from shared.events.event import Event, instant
from shared.service import Work


def user_registered(work: Work, event: Event) -> None:
    """Open an approval for an application that goes to an organization's managers; the desk's own pass by."""
    told = cast("Mapping[str, Any]", event.data)
    if told["route"] != "managers":
        return
    person = told["person"]
    service.open_approval(
        work,
        service.Asked(
            application_id=told["application_id"],
            organization_id=told["organization_id"],
            account_id=told["account_id"],
            display_name=person["display_name"],
            email=person["email"],
            kind=told["kind"],
            functions=told["functions"],
            lines=told.get("lines_of_business") or (),
            submitted_at=instant(told["submitted_at"]),
            due_at=instant(told["due_at"]),
            remind_at=told.get("remind_at") or (),
        ),
    )


def application_withdrawn(work: Work, event: Event) -> None:
    """Close the approval; it may arrive before the application itself."""
    service.end(work, str(event.data["application_id"]), State.WITHDRAWN)


def vetting_completed(work: Work, event: Event) -> None:
    """The desk decided: seat whom it seated; a request that still waited for managers is closed.

    The desk takes over from managers who stay silent, and the first decision wins: where it refused and a manager
    approves before this news arrives, the access goes again, since the person has been told the refusal.
    """
    memberships.vetting_completed(work, event)
    seated, application_id = event.data["outcome"] == "seated", event.data["application_id"]
    if application_id is not None:  # nobody applied where a manager stopped signing in
        service.end(work, str(application_id), State.DECIDED_BY_DESK, keep=seated)
