"""What identity tells that concerns invited people: somebody took the account that was made for them."""

from access_manager.invitations.joining import service
from access_manager.people.handlers import account_stands
from shared.events.event import Event
from shared.service import Work


def account_opened(work: Work, event: Event) -> None:
    """Take the standing of the account; where it was made for an invitation, its access begins now.

    The organization comes first, the person's row after it, as in every other act: so nobody waits in a circle.
    """
    reference = event.data.get("reference")
    if reference:
        service.opened(work, str(reference), str(event.data["account_id"]))
    account_stands(work, event)
