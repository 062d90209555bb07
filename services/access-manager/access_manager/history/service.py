"""Use case of the history: the organization's own audit entries, newest first, with the names that belong to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from access_manager.history.acts import KINDS
from access_manager.invitations import service as invitations
from access_manager.memberships.models import Membership, in_reach
from access_manager.people import service as people
from access_manager.people.models import Person
from shared.db.floor import audit_entries

PAGE, IN_A_FILE = 100, 10_000
INVITATION = "invitation."  # how an act begins whose target is an invitation
_LARGEST = 2**62  # what a database number surely holds
# What the system writes where the support desk has seated somebody or decided a request.
_OF_DESK = frozenset({"membership.granted", "approval.decided_by_desk"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are wanted; empty means: all. `person`: a part of a name or address; `target`: one account.

    `before`: entries older than that number. `reach`: the lines of business of whoever asks.
    """

    person: str = ""
    target: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    reach: Sequence[str] = ()


@dataclass(frozen=True)
class Entry:
    """One act: who (empty where it was no person of the organization) did what to whom, on whose behalf."""

    number: int
    at: datetime
    actor: str
    actor_name: str
    actor_kind: str
    on_behalf_of: str | None
    on_behalf_of_name: str
    action: str
    target: str
    target_name: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None

    @property
    def by_desk(self) -> bool:
        """Whether the payer acted: through a program, on the command line, or by vetting somebody."""
        seated = self.after.get("role") == "manager" and self.before.get("role") != "manager"
        outside = self.actor_kind == "client" or self.actor == "command-line"
        return outside or (self.actor_kind == "system" and (self.action in _OF_DESK or seated))


def of_organization(session: Session, organization_id: str, asked: Asked, most: int = PAGE) -> list[Entry]:
    """Return the newest entries of the organization that fit, at most `most`; nobody else's are ever looked at."""
    wanted = _fitting(organization_id, asked).order_by(audit_entries.c.number.desc()).limit(most)
    rows = session.execute(wanted).all()
    named = {each for row in rows for each in (row.actor, row.target, row.on_behalf_of) if each}
    names = {account_id: person.display_name for account_id, person in people.names(session, named).items()}
    names |= invitations.names(session, [row.target for row in rows if row.action.startswith(INVITATION)])
    return [_entry(row, names) for row in rows]


def _entry(row: Row[Any], names: dict[str, str]) -> Entry:
    return Entry(
        number=row.number,
        at=row.at,
        actor=row.actor,
        actor_name=names.get(row.actor, ""),
        actor_kind=row.actor_kind,
        on_behalf_of=row.on_behalf_of,
        on_behalf_of_name=names.get(row.on_behalf_of or "", ""),
        action=row.action,
        target=row.target,
        target_name=names.get(row.target, ""),
        before=row.before or {},
        after=row.after or {},
        reason=row.reason,
    )


def _fitting(organization_id: str, asked: Asked) -> Select[Any]:
    entry = audit_entries.c
    wanted = select(audit_entries).where(entry.organization == organization_id)
    if asked.before is not None:
        wanted = wanted.where(entry.number < max(0, min(asked.before, _LARGEST)))
    if asked.since is not None:
        wanted = wanted.where(entry.at >= asked.since)
    if asked.until is not None:
        wanted = wanted.where(entry.at < asked.until)
    if asked.kind in KINDS:
        wanted = wanted.where(or_(*(entry.action.startswith(first) for first in KINDS[asked.kind][1])))
    if asked.target:
        wanted = wanted.where(entry.target == asked.target)
    if asked.person:
        theirs = _accounts(asked.person)
        wanted = wanted.where(or_(entry.target.in_(theirs), entry.actor.in_(theirs)))
    if asked.reach:
        within = select(Membership.account_id).where(
            Membership.organization_id == organization_id, *in_reach(asked.reach)
        )
        wanted = wanted.where(or_(entry.target.in_(within), entry.target == organization_id))
    return wanted


def _accounts(text: str) -> Select[str]:
    either = (each.icontains(text, autoescape=True) for each in (Person.display_name, Person.email))
    return select(Person.account_id).where(or_(*either))
