"""A link as one of its two sides sees it: the same facts for the API and for the pages."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.third_parties.models import Link


def shown(session: Session, organization_id: str, links: Sequence[Link]) -> list[dict[str, object]]:
    """Return links as the organization on one side of them sees them, in the same order."""
    partners = organizations.named(session, [each.partner_of(organization_id) for each in links])
    return [_shown(organization_id, each, partners[each.partner_of(organization_id)]) for each in links]


def _shown(organization_id: str, found: Link, partner: Organization) -> dict[str, object]:
    side = str(found.side_of(organization_id))
    return {
        "link_id": found.id,
        "side": side,
        "partner_id": partner.id,
        "partner_name": partner.name,
        "partner_kind": partner.kind,
        "functions": list(found.functions),
        "lines": list(found.lines),
        "ends_at": found.ends_at,
        "state": found.state,
        "asked_by_us": found.asked_side == side,
        "asked_at": found.asked_at,
        "answered_at": found.answered_at,
        "ended_at": found.ended_at,
        "version": found.version,
    }
