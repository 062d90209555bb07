"""Which members a manager asks to see, and the one statement that finds them: filtered, counted and cut in SQL.

An organization may have thousands of members: no page loads all of them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.models import ACTIVE, MANAGER, MEMBER, REMOVED, SUSPENDED, Membership, in_reach
from access_manager.people.models import Person
from shared.i18n import say

SIZES = (25, 50, 100)
UNUSED_FOR, ENDS_WITHIN = timedelta(days=90), timedelta(days=30)
_TEXT = 100
ALL = 10_000  # more than that is neither one file nor one answer
STATES: Mapping[str, str] = {
    "active": say("Has access"),
    "ended": say("Access has ended"),
    "suspended": say("Suspended"),
    "removed": say("Removed"),
}
ROLES: Mapping[str, str] = {MANAGER: say("Access manager"), MEMBER: say("Member")}
ONLY: Mapping[str, str] = {
    "unused": say("Not signed in for 90 days"),
    "ending": say("Access ends within 30 days"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; empty means: not asked. `reach`: the lines of business of whoever asks.

    `own`: nobody who comes through a partner. `but`: accounts that are left out.
    """

    text: str = ""
    status: str = ""
    role: str = ""
    function: str = ""
    only: frozenset[str] = frozenset()
    size: int = SIZES[0]
    page: int = 1
    reach: Sequence[str] = ()
    own: bool = False
    but: Sequence[str] = ()

    @property
    def narrowed(self) -> bool:
        """Whether anything but everybody is asked for."""
        return bool(self.text or self.status or self.role or self.function or self.only)

    def address(self, page: int) -> dict[str, Any]:
        """What stands in the address of another page of the same list."""
        asked = {"text": self.text, "status": self.status, "role": self.role, "function": self.function}
        size = {"size": str(self.size)} if self.size != SIZES[0] else {}
        turned = {"page": str(page)} if page > 1 else {}
        return {**{name: value for name, value in asked.items() if value}, "only": sorted(self.only), **size, **turned}


@dataclass(frozen=True, slots=True)
class Found:
    """One page of members with the people they are, and how many fit in all."""

    rows: Sequence[tuple[Membership, Person | None]]
    total: int


def sought(text: str) -> str:
    """Return what is looked for, from what was typed: a hundred characters that can be seen."""
    return "".join(each for each in text.strip()[:_TEXT] if each.isprintable())


def look(session: Session, organization_id: str, wanted: Wanted, now: datetime, *, by_name: bool = True) -> Found:
    """Return one page of the members that fit: by name, or the longest-standing first."""
    fitting = _fitting(organization_id, wanted, now)
    total = session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    ordered = _in_order(fitting) if by_name else fitting.order_by(Membership.starts_at, Membership.id)
    cut = ordered.limit(wanted.size).offset((wanted.page - 1) * wanted.size)
    return Found([(row.Membership, row.Person) for row in session.execute(cut)], total)


def named(
    session: Session, organization_id: str, wanted: Wanted, ids: Collection[str], now: datetime
) -> list[tuple[Membership, Person | None]]:
    """Return those of the memberships `ids` that fit but for the text, by name; asked only where there are some."""
    if not ids:
        return []
    fitting = _fitting(organization_id, replace(wanted, text=""), now).where(Membership.id.in_(ids))
    return [(row.Membership, row.Person) for row in session.execute(_in_order(fitting))]


def everybody(
    session: Session, organization_id: str, wanted: Wanted, now: datetime
) -> Iterator[tuple[Membership, Person | None]]:
    """Yield all members that fit, by name, whatever the page; at most ten thousand."""
    for row in session.execute(_in_order(_fitting(organization_id, wanted, now)).limit(ALL)):
        yield row.Membership, row.Person


def state_of(member: Membership, now: datetime) -> str:
    """Name the state of a membership as the list shows it: a key of `STATES`."""
    if member.status != ACTIVE:
        return "suspended" if member.status == SUSPENDED else "removed"
    return "ended" if member.ends_at is not None and member.ends_at <= now else "active"


def _in_order(fitting: Select[Membership, Person]) -> Select[Membership, Person]:
    return fitting.order_by(func.lower(func.coalesce(Person.display_name, "")), Membership.account_id)


def _fitting(organization_id: str, wanted: Wanted, now: datetime) -> Select[Membership, Person]:
    return (
        select(Membership, Person)
        .outerjoin(Person, Person.account_id == Membership.account_id)
        .where(Membership.organization_id == organization_id, *_conditions(wanted, now))
    )


def _conditions(wanted: Wanted, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield _in_state(wanted.status, now)
    yield from in_reach(wanted.reach)
    if wanted.own:
        yield Membership.link_id.is_(None)
    if wanted.but:
        yield Membership.account_id.not_in(wanted.but)
    if wanted.role:
        yield Membership.role == wanted.role
    if wanted.function in BY_ID:
        yield cast(Membership.functions, String).contains(f'"{wanted.function}"', autoescape=True)
    if wanted.text:
        yield or_(*(each.icontains(wanted.text, autoescape=True) for each in (Person.display_name, Person.email)))
    if "unused" in wanted.only:
        yield _unused(now - UNUSED_FOR)
    if "ending" in wanted.only:
        yield and_(Membership.ends_at > now, Membership.ends_at <= now + ENDS_WITHIN)


def _in_state(status: str, now: datetime) -> ColumnElement[bool]:
    over = and_(Membership.ends_at.is_not(None), Membership.ends_at <= now)
    states = {
        "active": and_(Membership.status == ACTIVE, or_(Membership.ends_at.is_(None), Membership.ends_at > now)),
        "ended": and_(Membership.status == ACTIVE, over),
        "suspended": Membership.status == SUSPENDED,
        "removed": Membership.status == REMOVED,
    }
    return states.get(status, Membership.status != REMOVED)


def _unused(since: datetime) -> ColumnElement[bool]:
    """Last seen before that day; somebody never seen counts where they have been a member for that long."""
    never = and_(Person.last_seen_at.is_(None), Membership.starts_at < since)
    return or_(Person.last_seen_at < since, never)
