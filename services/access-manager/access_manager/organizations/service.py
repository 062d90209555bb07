"""Use cases of organizations: find, learn, hold for a change, seat and unseat a manager."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Update, select
from sqlalchemy.orm import Session

from access_manager.organizations.models import Organization, lock
from shared.db import claimed
from shared.errors import not_found
from shared.service import Work


@dataclass(frozen=True)
class OrganizationFacts:
    """What others tell of an organization."""

    id: str
    name: str
    kind: str
    contracted: bool
    tin_last4: str | None


def find(session: Session, organization_id: str) -> Organization:
    """Return the organization; raises the 404 that a foreign one gets too."""
    found = session.get(Organization, organization_id)
    if found is None:
        raise not_found()
    return found


def named(session: Session, organization_ids: Collection[str]) -> dict[str, Organization]:
    """Return those of the organizations that are known, by id."""
    wanted = select(Organization).where(Organization.id.in_(set(organization_ids)))
    return {each.id: each for each in session.scalars(wanted)}


def listed(session: Session) -> list[Organization]:
    """Return every organization by name."""
    return list(session.scalars(select(Organization).order_by(Organization.name, Organization.id)))


def hold(work: Work, organization_id: str) -> Organization:
    """Lock the organization until the transaction ends; raises 404. Every change of its access begins here."""
    found = lock(work.session, organization_id)
    if found is None:
        raise not_found()
    return found


def hold_all(work: Work, organization_ids: Iterable[str]) -> dict[str, Organization]:
    """Lock several, always in one order, so that two who want the same never wait for each other; raises 404.

    Sorted here: the database may sort by the rules of a language.
    """
    return {each: hold(work, each) for each in sorted(set(organization_ids))}


def learn(work: Work, facts: OrganizationFacts) -> Organization:
    """Return the organization locked, made and announced if it is new; what we know already is not overwritten."""
    found = lock(work.session, facts.id)
    if found is not None:
        return found
    made = Organization(
        id=facts.id,
        name=facts.name,
        kind=facts.kind,
        contracted=facts.contracted,
        tin_last4=facts.tin_last4,
        manager_count=0,
        version=1,
        created_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    announce(work, made, made.version)
    work.audit("organization.created", target=made.id, organization=made.id, after={"name": made.name})
    return made


def counted(work: Work, organization: Organization, statement: Update) -> bool:
    """Run `seat_one` or `unseat_one`; return False where the limit stood in the way. The caller announces."""
    if not claimed(work.session.execute(statement)):
        return False
    work.session.refresh(organization)
    return True


def announce(work: Work, organization: Organization, sequence: int) -> None:
    """Publish the whole state of the organization as `organization.changed`."""
    work.publish(
        "organization.changed",
        subject=organization.id,
        sequence=sequence,
        data={
            "organization": summary(organization),
            "manager_count": organization.manager_count,
            "functions": list(organization.entitled),
        },
    )


def summary(organization: Organization) -> dict[str, object]:
    """Return the organization as events and answers show it; the TIN only by its last four digits."""
    return {
        "id": organization.id,
        "name": organization.name,
        "kind": organization.kind,
        "contracted": organization.contracted,
        "tin_last4": organization.tin_last4,
    }
