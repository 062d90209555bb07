"""What a change of membership leaves behind: the event with the whole state, and the entry of the audit."""

from collections.abc import Sequence

from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from access_manager.organizations.service import announce, summary
from shared.service import Work


def tell(
    work: Work,
    organization: Organization,
    found: Membership,
    event: str,
    before: dict[str, object] | None,
    reason: str | None = None,
) -> None:
    """Publish `event` with the membership as it stands, and record what was before and is now."""
    publish(work, organization, found, event)
    work.audit(
        event, target=found.account_id, organization=organization.id, before=before, after=held(found), reason=reason
    )


def publish(work: Work, organization: Organization, found: Membership, event: str) -> None:
    """Publish `event` with the membership as it stands."""
    data = {
        "membership_id": found.id,
        "account_id": found.account_id,
        "organization": summary(organization),
        "status": found.status,
        "role": found.role,
        "functions": list(found.functions),
        "function_ends": dict(found.function_ends),
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
    }
    work.publish(event, subject=found.id, sequence=found.version, data=data)


def announce_managers(work: Work, organization: Organization, seated: Sequence[Membership]) -> None:
    """Publish who manages the organization now, as `manager.changed`, and the organization with its new count."""
    accounts = [membership.account_id for membership in seated]
    work.publish(
        "manager.changed",
        subject=organization.id,
        sequence=organization.version - 1,
        data={"organization_id": organization.id, "managers": accounts, "count": len(accounts)},
    )
    announce(work, organization, organization.version)


def held(found: Membership) -> dict[str, object]:
    """Return what a membership gives, as the audit keeps it."""
    ends_at = found.ends_at.isoformat() if found.ends_at else None
    return {
        "functions": list(found.functions),
        "lines": list(found.lines or ()),
        "role": found.role,
        "status": found.status,
        "ends_at": ends_at,
    }
