"""The states of an account and the ways between them. Pure. The picture is states.mermaid, beside this file.

`invited`: opened by somebody else, no user ID yet. `pending`: can sign in, holds nothing. `active`: holds what its
memberships say. `suspended`: held by an operator; it remembers where it stood and returns there. `closed`: for good.
A timed lock is no state of the account: it ends by itself (throttle room).
"""

from enum import StrEnum


class Population(StrEnum):
    """The kind of people an account belongs to; it never changes."""

    PROVIDER = "provider"
    MEMBER = "member"
    EMPLOYER = "employer"
    STAFF = "staff"


class Status(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


_WAYS: dict[Status, frozenset[Status]] = {
    Status.INVITED: frozenset({Status.PENDING, Status.ACTIVE, Status.CLOSED}),
    Status.PENDING: frozenset({Status.ACTIVE, Status.SUSPENDED, Status.CLOSED}),
    Status.ACTIVE: frozenset({Status.SUSPENDED, Status.CLOSED}),
    Status.SUSPENDED: frozenset({Status.PENDING, Status.ACTIVE, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}


def sources_of(wanted: Status) -> list[Status]:
    """Return the states from which `wanted` can be reached, for the guard of an UPDATE."""
    return [present for present, ways in _WAYS.items() if wanted in ways]


def may_sign_in(status: Status) -> bool:
    """Return whether somebody in this state may sign in: a pending person sees the status page."""
    return status in {Status.PENDING, Status.ACTIVE}


def may_prove(status: Status) -> bool:
    """Return whether somebody in this state may prove who they are.

    A held or closed account learns how it stands only after proof; to everybody else it looks like any other name.
    """
    return status is not Status.INVITED


def told(status: Status) -> str:
    """Return the word in which other services know the state: they need not tell a suspension from a timed lock."""
    return "locked" if status is Status.SUSPENDED else status.value


def after_activation(population: Population, *, has_membership: bool) -> Status:
    """Return where an account stands once its person chose user ID and password.

    Staff need no membership. Others are pending until an organization takes them, unless one already has.
    """
    return Status.ACTIVE if population is Population.STAFF or has_membership else Status.PENDING
