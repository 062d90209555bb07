"""What identity tells about accounts: each event carries its whole part, the newest version of each part wins.

Terms have no order among themselves or with accounts: whichever event comes first, the same is known at the end.
"""

from access_manager.people import service
from shared.events.event import Event, instant
from shared.service import Work


def account_stands(work: Work, event: Event) -> None:
    """Take the standing of an account unless a newer one is known."""
    told = event.data
    locked_until = told.get("locked_until")
    service.take_state(
        work,
        str(told["account_id"]),
        event.sequence,
        status=str(told["status"]),
        population=str(told["population"]),
        locked_until=instant(locked_until) if locked_until else None,
    )


def contact_changed(work: Work, event: Event) -> None:
    """Write to the person at the main address they have now."""
    service.take_contact(work, str(event.data["account_id"]), event.sequence, str(event.data["email"]))


def session_started(work: Work, event: Event) -> None:
    """Note when the person signed in last; sign-ins have no order among them but their instants."""
    service.take_seen(work, str(event.data["account_id"]), instant(str(event.data["started_at"])))


def terms_published(work: Work, event: Event) -> None:
    """Keep a version of the terms of use, and from when it counts."""
    service.take_terms(work, int(str(event.data["version"])), instant(event.data["effective_at"]))


def terms_accepted(work: Work, event: Event) -> None:
    """Keep the highest version that the person accepted; they may be heard of here for the first time."""
    service.take_accepted(work, str(event.data["account_id"]), int(str(event.data["version"])))
