"""How long a factor that follows a recovery is held back: it signs in, but approves nobody and changes no address (B6).

The only manager of an organization is held longer. They have no colleague who would notice that it is somebody else,
and whoever takes their place could let anybody in.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from identity.entitlements import service as entitlements
from identity.entitlements.models import Membership
from identity.policies import service as policies


def hours(session: Session, account_id: str, now: datetime) -> int:
    """Return for how many hours the account's next factor is held, by the policies of today."""
    rules = policies.current(session)
    held = entitlements.active(session, account_id, now)
    managed = {str(one.organization["id"]) for one in held if one.role == "manager"}
    alone = managed - _with_others(session, account_id, managed, now)
    return rules.factor_hold_hours + (rules.recovery_hold_hours if alone else 0)


def _with_others(session: Session, account_id: str, managed: Collection[str], now: datetime) -> set[str]:
    """Return those of the organizations that somebody else manages too."""
    running = (Membership.starts_at <= now) & or_(Membership.ends_at.is_(None), Membership.ends_at > now)
    colleague = (Membership.account_id != account_id) & (Membership.role == "manager") & running
    active = (Membership.organization_id.in_(managed)) & (Membership.status == "active")
    return set(session.scalars(select(Membership.organization_id).where(active & colleague)))
