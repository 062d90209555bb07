"""What every page about one member shows of them: the membership, the person, and whether it is one's own."""

from access_manager.memberships import service
from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from shared.web.door import actor, context, reading
from shared.web.signin import person


def shown(organization: Organization, membership_id: str) -> tuple[Membership, dict[str, object]]:
    """Return the membership, and `member`, `who` and `own` for a template; raises the 404 of a foreign one too."""
    with reading() as session:
        found = service.seen(session, actor(), organization.id, membership_id, context().clock.now())
        who = people.names(session, [found.account_id]).get(found.account_id)
    return found, {"member": found, "who": who, "own": found.account_id == person().account_id}
