"""Whom a manager may choose for something: a few people by name, and a search for the others.

A page that lists a practice of two hundred to pick one is scrolled, not read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from access_manager.memberships.authority import lines_of
from access_manager.memberships.models import MEMBER, Membership
from access_manager.organizations.models import Organization
from access_manager.people.models import Person
from access_manager.roster import members
from access_manager.roster.members import SIZES, Wanted, sought
from shared.web.door import actor, context

MOST = SIZES[0]
_ALSO = 1000  # as many as a list has rows; a request could name more than a statement takes


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of them: the membership, whose it is, and what is known of them."""

    id: str
    account_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """Those who fit `text`, at most `MOST` of them, by name, and how many fit in all."""

    rows: Sequence[Candidate]
    total: int
    text: str

    @property
    def many(self) -> bool:
        """Whether there is something to search in."""
        return bool(self.text) or self.total > MOST


def candidates(
    session: Session,
    organization: Organization,
    *,
    role: str = MEMBER,
    own: bool = True,
    but: Collection[str] = (),
    also: Collection[str] = (),
) -> Candidates:
    """Return people with access in a role ("" for any): the organization's `own`, or those of partners too.

    The request says who is looked for: `text`, a part of a name or an e-mail address. `but`: accounts that are left
    out. `also`: memberships that were chosen before; they stand first, whatever is looked for.
    """
    now, text = context().clock.now(), sought(request.values.get("text", ""))
    reach = tuple(lines_of(session, actor(), organization.id, now))
    wanted = Wanted(text=text, status="active", role=role, size=MOST, reach=reach, own=own, but=tuple(but))
    before = [_known(*row) for row in members.named(session, organization.id, wanted, sorted(also)[:_ALSO], now)]
    found = members.look(session, organization.id, wanted, now)
    others = [each for row in found.rows if (each := _known(*row)) not in before]
    return Candidates([*before, *others], found.total, text)


def _known(row: Membership, who: Person | None) -> Candidate:
    return Candidate(row.id, row.account_id, who.display_name if who else "", who.email if who else "")
