"""Use cases of whoever asks: ask for functions, add to an open request, withdraw it.

Asking takes the organization first, so that of two askings at once (two windows, a double click) one opens the request
and the other finds it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access_manager.functions.catalogue import beyond, in_order
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import stand_ins
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.requests import notices
from access_manager.requests.flow import State
from access_manager.requests.models import AccessRequest, while_open
from access_manager.rules.asking import may_ask, running
from access_manager.rules.deputies import Scope
from access_manager.rules.lines import within
from access_manager.rules.refusals import Refusal, insist
from shared.db import claimed
from shared.errors import conflict, not_found, too_many
from shared.i18n import say
from shared.service import Work

_A_DAY, _A_DAYS_REQUESTS = timedelta(days=1), 5
_TOO_OFTEN = say("You asked several times within a day. Wait for the decision, or speak to an access manager.")
_CLOSED = say("This request was decided or withdrawn before.")


@dataclass(frozen=True)
class Standing:
    """What one member can use now in one organization, and the managers whose reach they are in."""

    organization: Organization
    membership: Membership
    running: set[str]
    managers: Sequence[Membership]

    def refusal(self, wanted: Collection[str]) -> Refusal | None:
        """Return why they cannot ask for `wanted`, or None."""
        return may_ask(
            wanted,
            self.running,
            kind=self.organization.kind,
            contracted=self.organization.contracted,
            through_link=self.membership.link_id is not None,
            deciders=len({each.account_id for each in self.managers} - {self.membership.account_id}),
        )


def standing(session: Session, organization: Organization, account_id: str, now: datetime) -> Standing:
    """Return how a member stands; raises the 404 of a foreign organization for everybody who is none."""
    mine = select(Membership).where(
        Membership.account_id == account_id,
        Membership.organization_id == organization.id,
        Membership.status == ACTIVE,
    )
    found = session.scalars(mine).one_or_none()
    if found is None:
        raise not_found()
    return _standing(organization, found, memberships.managers(session, organization.id), now)


def standings(session: Session, account_id: str, now: datetime) -> list[Standing]:
    """Return how somebody stands wherever they are a member, by the name of the organization; in two statements."""
    mine = (
        select(Organization, Membership)
        .join(Membership, Organization.id == Membership.organization_id)
        .where(Membership.account_id == account_id, Membership.status == ACTIVE)
        .order_by(Organization.name, Organization.id)
    )
    places = session.execute(mine).all()
    seated = memberships.managers(session, *(place.id for place, _ in places))
    return [
        _standing(place, found, [each for each in seated if each.organization_id == place.id], now)
        for place, found in places
    ]


def _standing(organization: Organization, found: Membership, seated: Sequence[Membership], now: datetime) -> Standing:
    usable = running(found.functions, found.function_ends, found.ends_at, now)
    return Standing(organization, found, usable, [each for each in seated if within(each.lines, found.lines)])


def ask(work: Work, organization_id: str, functions: Collection[str], note: str = "") -> AccessRequest:
    """Ask for functions in the actor's own name, or add them to their open request; asked again, nothing happens.

    Raises 404 for whoever is no member, the refusals of `may_ask`, 429 for the sixth request within a day.
    """
    organization = organizations.hold(work, organization_id)
    stands = standing(work.session, organization, work.actor.id, work.now)
    withheld = beyond(functions, kind=organization.kind, contracted=organization.contracted)
    insist(stands.refusal(functions), functions=list(withheld))
    wanted = in_order(set(functions) - stands.running)
    found = open_of(work.session, work.actor.id, organization_id)
    if found is None:
        return _open(work, stands, wanted, note)
    return _add(work, found, wanted, note)


def open_of(session: Session, account_id: str, organization_id: str) -> AccessRequest | None:
    """Return the open request of a person in an organization, or None."""
    mine = select(AccessRequest).where(
        AccessRequest.account_id == account_id,
        AccessRequest.organization_id == organization_id,
        AccessRequest.state == State.OPEN.value,
    )
    return session.scalars(mine).one_or_none()


def of_account(session: Session, account_id: str, most: int = 50) -> list[AccessRequest]:
    """Return the newest requests of a person, in all organizations."""
    mine = select(AccessRequest).where(AccessRequest.account_id == account_id)
    return list(session.scalars(mine.order_by(AccessRequest.asked_at.desc(), AccessRequest.id.desc()).limit(most)))


def withdraw(work: Work, request_id: str) -> AccessRequest:
    """Take the actor's own request back; once withdrawn, nothing happens. Raises 404, 409 `request-closed`."""
    found = work.session.get(AccessRequest, request_id)
    if found is None or found.account_id != work.actor.id:
        raise not_found()
    values = {"state": State.WITHDRAWN.value, "decided_at": work.now, "version": AccessRequest.version + 1}
    first = claimed(work.session.execute(while_open(found.id).values(values)))
    work.session.refresh(found)
    if first:
        work.audit("access.withdrawn", target=found.account_id, organization=found.organization_id, before=shown(found))
    elif found.state != State.WITHDRAWN:
        raise conflict("request-closed", _CLOSED, outcome=found.state)
    return found


def shown(found: AccessRequest) -> dict[str, object]:
    """Return a request as the audit keeps it."""
    return {"request": found.id, "functions": list(found.functions)}


def _open(work: Work, stands: Standing, wanted: Sequence[str], note: str) -> AccessRequest:
    account_id, organization = stands.membership.account_id, stands.organization
    _insist_not_too_often(work, account_id, organization.id)
    made = AccessRequest(
        id=work.ids.new("ask"),
        account_id=account_id,
        organization_id=organization.id,
        functions=list(wanted),
        note=note or None,
        state=State.OPEN.value,
        asked_at=work.now,
        granted=[],
        version=1,
    )
    work.session.add(made)
    work.session.flush()
    _tell(work, made, before=None)
    asked = [each.account_id for each in stands.managers]
    asked += stand_ins(work.session, organization.id, Scope.REQUESTS, stands.membership.lines, work.now)
    notices.tell_managers(work, made, organization, [each for each in asked if each != account_id])
    return made


def _add(work: Work, found: AccessRequest, wanted: Sequence[str], note: str) -> AccessRequest:
    together = in_order({*found.functions, *wanted})
    if together == tuple(found.functions) and note in ("", found.note):
        return found
    before = shown(found)
    values = {"functions": list(together), "note": note or found.note, "version": found.version + 1}
    if not claimed(work.session.execute(while_open(found.id).values(values))):
        raise conflict("request-closed", _CLOSED)
    work.session.refresh(found)
    _tell(work, found, before)
    return found


def _tell(work: Work, found: AccessRequest, before: dict[str, object] | None) -> None:
    data = {
        "request_id": found.id,
        "organization_id": found.organization_id,
        "account_id": found.account_id,
        "functions": list(found.functions),
        "asked_at": found.asked_at,
    }
    work.publish("access.requested", subject=found.id, sequence=found.version, data=data)
    work.audit(
        "access.requested",
        target=found.account_id,
        organization=found.organization_id,
        before=before,
        after=shown(found),
    )


def _insist_not_too_often(work: Work, account_id: str, organization_id: str) -> None:
    """Each request writes to every manager: a person who asks and withdraws must not fill their mail."""
    lately = select(func.count()).where(
        AccessRequest.account_id == account_id,
        AccessRequest.organization_id == organization_id,
        AccessRequest.asked_at > work.now - _A_DAY,
    )
    if (work.session.scalar(lately) or 0) >= _A_DAYS_REQUESTS:
        raise too_many(int(_A_DAY.total_seconds()), _TOO_OFTEN)
