"""Keeping and reading the projection of memberships."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.entitlements.models import RUNNING, Membership
from shared.db import claimed
from shared.events.event import instant
from shared.service import Work


@dataclass(frozen=True)
class Entitlement:
    """What an account may do in one organization at the instant it was asked.

    `function_ends` names those of its functions that end before the membership does.
    """

    membership_id: str
    organization: dict[str, Any]  # {id, name, kind, contracted}
    tin_last4: str | None
    functions: tuple[str, ...]
    role: str
    ends_at: datetime | None
    function_ends: Mapping[str, str] = field(default_factory=dict)


def running(functions: Iterable[str], ends: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """Return the functions that have not ended by themselves."""
    return tuple(one for one in functions if one not in ends or datetime.fromisoformat(ends[one]) > now)


def record(work: Work, sequence: int, data: Mapping[str, object]) -> bool:
    """Take a membership's state unless a newer one is known; return whether it was taken.

    The first active membership of a pending account makes the account active.
    """
    account_id = str(data["account_id"])
    accounts.hold(work, account_id)  # its person may be taking the account at this instant
    if not _store(work.session, sequence, data):
        return False
    if accepted(work.session, account_id, work.now):
        accounts.activate(work, account_id, "first_membership")
    return True


def active(session: Session, account_id: str, now: datetime) -> list[Entitlement]:
    """Return what the account may do at `now`, by organization name; nothing ended, suspended or yet to start."""
    found = told(session.execute(RUNNING, {"account_id": account_id, "now": now}))
    return [replace(one, functions=running(one.functions, one.function_ends, now)) for one in found]


def told(rows: Iterable[Sequence[Any]]) -> list[Entitlement]:
    """Return rows of `models.TOLD` as what they entitle to, by organization name; one without an id is none."""
    found = [_entitlement(*row) for row in rows if row[0] is not None]
    return sorted(found, key=lambda one: (str(one.organization["name"]).casefold(), str(one.organization["id"])))


def accepted(session: Session, account_id: str, now: datetime) -> bool:
    """Return whether any organization has taken the person: a membership that runs or is yet to start.

    Clocks of two services differ, so a membership of this very instant may seem to start a moment later.
    """
    lasting = or_(Membership.ends_at.is_(None), Membership.ends_at > now)
    mine = select(Membership.id).where(Membership.account_id == account_id, Membership.status == "active", lasting)
    return session.scalars(mine).first() is not None


def manages(entitlements: Sequence[Entitlement]) -> bool:
    """Return whether the person manages who has access in any of these organizations."""
    return any(one.role == "manager" for one in entitlements)


def chosen(entitlements: Sequence[Entitlement], organization_id: str | None) -> Entitlement | None:
    """Return the one a token speaks of: the organization chosen, or the only one there is; else None."""
    for entitlement in entitlements:
        if entitlement.organization["id"] == organization_id:
            return entitlement
    return entitlements[0] if len(entitlements) == 1 else None


def _store(session: Session, sequence: int, data: Mapping[str, object]) -> bool:
    membership_id = str(data["membership_id"])
    values = {**_values(data), "sequence": sequence}
    older = (Membership.id == membership_id) & (Membership.sequence < sequence)
    if claimed(session.execute(update(Membership).where(older).values(**values))):
        return True
    if session.get(Membership, membership_id) is not None:
        return False
    # Two first versions at once: the second insert fails on the key, its event is delivered again and is then older.
    session.add(Membership(id=membership_id, **values))
    session.flush()
    return True


def _values(data: Mapping[str, object]) -> dict[str, Any]:
    organization = cast("dict[str, Any]", data["organization"])
    return {
        "account_id": data["account_id"],
        "organization_id": organization["id"],
        "organization": organization,
        "status": data["status"],
        "role": data["role"],
        "functions": data["functions"],
        "function_ends": data.get("function_ends") or {},
        "starts_at": instant(data["starts_at"]),
        "ends_at": instant(data["ends_at"]) if data["ends_at"] else None,
    }


def _entitlement(
    membership_id: str,
    organization: Mapping[str, Any],
    functions: Sequence[str],
    role: str,
    ends_at: datetime | None,
    function_ends: Mapping[str, str],
) -> Entitlement:
    facts = {name: organization[name] for name in ("id", "name", "kind", "contracted")}
    return Entitlement(
        membership_id, facts, organization.get("tin_last4"), tuple(functions), role, ends_at, function_ends
    )
