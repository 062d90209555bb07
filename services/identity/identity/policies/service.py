"""What happens to policies: read, changed with a reason, listed where they depart. One function per verb."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identity.policies import bounds, rules
from identity.policies.models import VALUES, OrganizationValue, PolicyValue, put
from identity.policies.rules import OrganizationPolicy, Policies
from shared.errors import unprocessable
from shared.service import Work

_READ = "identity.policies"  # where a transaction keeps what it has read: a sign-in asks half a dozen times


@dataclass(frozen=True)
class Deviation:
    """One value that departs from its default; `organization_id` is None for the suite's. Values as JSON has them."""

    name: str
    organization_id: str | None
    value: object
    default: object
    justification: str
    set_by: str
    set_at: datetime


def current(session: Session) -> Policies:
    """Return the suite's policies as they are now: one query for each transaction, nothing kept between requests."""
    known: Policies | None = session.info.get(_READ)
    if known is None:
        known = session.info[_READ] = rules.with_values(dict(session.execute(VALUES).all()))
    return known


def goes_by(session: Session, read: Policies) -> None:
    """Let this transaction go by what its own request has read a moment before."""
    session.info[_READ] = read


def organization(session: Session, organization_id: str) -> OrganizationPolicy:
    """Return what the organization is held to; the empty policy where nothing was decided."""
    row = session.get(OrganizationValue, organization_id, populate_existing=True)
    return _policy(row) if row else rules.NO_POLICY


def set_policy(work: Work, name: str, value: object, justification: str) -> None:
    """Change one value of the suite, and say in the audit from what to what and why.

    `value` as JSON or Python has it. Going back to the default needs no justification. Raises the 422 Problem for a
    value out of bounds or a departure without a justification of 20 characters.
    """
    _refuse({"value": bounds.fault(name, value)})
    value = bounds.stored(value)
    if bounds.departs(name, value):
        _refuse({"justification": bounds.unjustified(justification)})
    before = rules.plain(getattr(current(work.session), name))
    if bounds.departs(name, value):
        put(work.session, PolicyValue, {"name": name, "value": value, **_signed(work, justification)})
    else:
        work.session.execute(delete(PolicyValue).where(PolicyValue.name == name))
    work.session.info.pop(_READ, None)
    work.audit(
        "policy.changed",
        target=f"policy:{name}",
        before={"value": before},
        after={"value": value},
        reason=justification.strip() or None,
    )


def set_organization(work: Work, organization_id: str, policy: OrganizationPolicy, justification: str) -> None:
    """Hold one organization to `policy`, whole; the empty one returns it to what everybody has.

    Raises the 422 Problem like `set_policy`. Sessions feel it at their next use.
    """
    _refuse(dict(bounds.organization_faults(policy)))
    departing = bounds.organization_departures(policy)
    if departing:
        _refuse({"justification": bounds.unjustified(justification)})
    before = bounds.organization_departures(organization(work.session, organization_id))
    if departing:
        values = {"organization_id": organization_id, **vars(policy), **_signed(work, justification)}
        put(work.session, OrganizationValue, values)
    else:
        work.session.execute(delete(OrganizationValue).where(OrganizationValue.organization_id == organization_id))
    work.audit(
        "policy.changed",
        target=f"organization:{organization_id}",
        organization=organization_id,
        before=before,
        after=departing,
        reason=justification.strip() or None,
    )


def deviations(session: Session) -> list[Deviation]:
    """Return every departure from a default, the suite's first, then by organization."""
    own = [_deviation(row) for row in session.scalars(select(PolicyValue).order_by(PolicyValue.name))]
    rows = session.scalars(select(OrganizationValue).order_by(OrganizationValue.organization_id))
    return [*own, *(found for row in rows for found in _of_organization(row))]


def organizations(session: Session) -> dict[str, OrganizationPolicy]:
    """Return every organization that is held to something of its own, by id."""
    rows = session.scalars(select(OrganizationValue).order_by(OrganizationValue.organization_id))
    return {row.organization_id: _policy(row) for row in rows}


def _signed(work: Work, justification: str) -> dict[str, Any]:
    return {"justification": justification.strip(), "set_by": work.actor.id, "set_at": work.now}


def _refuse(faults: dict[str, str | None]) -> None:
    errors = {name: [sentence] for name, sentence in faults.items() if sentence}
    if errors:
        raise unprocessable(errors)


def _policy(row: OrganizationValue) -> OrganizationPolicy:
    return OrganizationPolicy(row.idle_minutes, row.life_hours, row.minimum_acr, dict(row.function_acr))


def _deviation(row: PolicyValue) -> Deviation:
    default = rules.default_of(row.name) if row.name in rules.NAMES else None
    return Deviation(row.name, None, row.value, default, row.justification, row.set_by, row.set_at)


def _of_organization(row: OrganizationValue) -> list[Deviation]:
    departing = bounds.organization_departures(_policy(row))
    signed = (row.justification, row.set_by, row.set_at)
    return [Deviation(name, row.organization_id, value, None, *signed) for name, value in departing.items()]
