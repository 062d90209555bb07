"""What each row of a list would do now: the same answer for the look before and for the act itself.

Facts about the whole list are read at once, so that a thousand rows cost no more than a few questions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from access_manager.adding.reading import Entry, Fault
from access_manager.adding.results import Act, Row, faulty, refused
from access_manager.console.days import end_of
from access_manager.functions.catalogue import in_order
from access_manager.invitations import service as invitations
from access_manager.invitations.models import Invitation
from access_manager.invitations.service import Wanted
from access_manager.invitations.states import key_of
from access_manager.memberships.authority import lines_of
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.rules.holding import may_hold
from access_manager.rules.lines import within
from access_manager.rules.managers import may_set
from access_manager.rules.proposals import may_give_alone, may_remove_alone
from access_manager.rules.refusals import Refusal
from shared.i18n import say
from shared.service import Actor

_SHARED = say("Several people here have this address. Open the page of each of them instead")


@dataclass(frozen=True)
class Facts:
    """What is known of an organization and of the people of a list, at one instant.

    `shared`: the addresses that several members have. A list names people by their address, so it means none of them.
    """

    organization: Organization
    members: Mapping[str, Membership]
    shared: Collection[str]
    invited: Mapping[str, Invitation]
    names: Mapping[str, str]
    reach: Collection[str]
    actor: Actor
    now: datetime

    @property
    def person(self) -> bool:
        """Whether somebody acts who signed in, and not a program."""
        return self.actor.kind == "person"


def facts(session: Session, organization: Organization, listed: Sequence[Entry], actor: Actor, now: datetime) -> Facts:
    """Read them."""
    there = invitations.members_by_address(session, organization.id)
    members = {address: found[0] for address, found in there.items() if len(found) == 1}
    shared = there.keys() - members.keys()
    invited = invitations.open_by_address(session, organization.id, [each.email for each in listed])
    known = people.names(session, [each.account_id for each in members.values()])
    names = {account_id: each.display_name for account_id, each in known.items()}
    reach = lines_of(session, actor, organization.id, now)
    return Facts(organization, members, shared, invited, names, reach, actor, now)


def wanted_of(known: Facts, entry: Entry, functions: Collection[str], ends_at: datetime | None) -> Wanted:
    """Return what a row asks for; tasks and end of the form count where the row names none."""
    own_end = end_of(entry.last_day) if entry.last_day else ends_at
    name = entry.name or entry.email.partition("@")[0]
    wanted = Wanted(entry.email, name, entry.functions or functions, own_end, entry.lines)
    return invitations.meant(wanted, known.reach)


def additions(known: Facts, listed: Sequence[Entry], functions: Collection[str], ends_at: datetime | None) -> list[Row]:
    """Return what adding each row would do."""
    seen: dict[str, int] = {}
    return [_twice(seen, each) or _addition(known, each, wanted_of(known, each, functions, ends_at)) for each in listed]


def removals(known: Facts, listed: Sequence[Entry]) -> list[Row]:
    """Return what removing each row would do. The last manager stays, whatever order the list has."""
    seen: dict[str, int] = {}
    left = known.organization.manager_count
    rows = []
    for each in listed:
        row = _twice(seen, each) or _removal(known, each, left)
        rows.append(row)
        left -= row.act is Act.REMOVE and bool((row.before or {}).get("manager"))
    return rows


def _twice(seen: dict[str, int], entry: Entry) -> Row | None:
    if entry.faults:
        return faulty(entry, *entry.faults)
    first = seen.setdefault(key_of(entry.email), entry.number)
    if first == entry.number:
        return None
    return faulty(entry, Fault("twice", say("The same address is in line %(line)s. Keep one of them", line=first)))


def _addition(known: Facts, entry: Entry, wanted: Wanted) -> Row:
    if key_of(wanted.email) in known.shared:
        return faulty(entry, Fault("shared-address", _SHARED))
    member = known.members.get(key_of(wanted.email))
    if member is not None:
        return _extension(known, entry, wanted, member)
    refusal = invitations.judge(known.organization, wanted, known.reach, known.now) or _alone(known, (), wanted)
    if refusal is not None:
        return refused(entry, refusal)
    found = known.invited.get(key_of(wanted.email))
    act = Act.INVITE
    if found is not None and found.expires_at > known.now:
        act = Act.NOTHING if _same(found, wanted) else Act.UPDATE
    ends_at, gets = (wanted.ends_at.isoformat() if wanted.ends_at else None), in_order(wanted.functions)
    return Row(
        entry.number,
        wanted.display_name,
        wanted.email,
        act,
        list(gets),
        list(gets),
        list(wanted.lines),
        ends_at,
        invitation_id=found.id if act is not Act.INVITE and found else None,
        before=_offer(found) if act is Act.UPDATE and found else None,
    )


def _extension(known: Facts, entry: Entry, wanted: Wanted, member: Membership) -> Row:
    """Somebody of the organization: what they lack is added, nothing else of their access changes."""
    runs = member.ends_at is None or member.ends_at > known.now
    if member.status != ACTIVE or not runs or not within(known.reach, member.lines):
        return refused(entry, Refusal.ALREADY_A_MEMBER)
    refusal = _extension_refusal(known, wanted, member)
    if refusal is not None:
        return refused(entry, refusal)
    if entry.last_day is not None or entry.lines:
        return refused(entry, Refusal.ALREADY_A_MEMBER)
    holds = in_order({*member.functions, *wanted.functions})
    gets = in_order(set(wanted.functions) - set(member.functions))
    act = Act.EXTEND if gets else Act.NOTHING
    return Row(
        entry.number,
        known.names.get(member.account_id, ""),
        wanted.email,
        act,
        list(holds),
        list(gets),
        list(member.lines),
        membership_id=member.id,
        version=member.version,
        before=standing_of(member),
    )


def _extension_refusal(known: Facts, wanted: Wanted, member: Membership) -> Refusal | None:
    if not wanted.functions:
        return Refusal.NOTHING_GIVEN
    if member.link_id:
        return Refusal.THROUGH_CONNECTION
    holds = {*member.functions, *wanted.functions}
    return (
        may_hold(wanted.functions, kind=known.organization.kind, contracted=known.organization.contracted)
        or may_set(known.actor.id, member.account_id, member.functions, holds)
        or _alone(known, member.functions, wanted)
    )


def _removal(known: Facts, entry: Entry, managers_left: int) -> Row:
    if key_of(entry.email) in known.shared:
        return faulty(entry, Fault("shared-address", _SHARED))
    member = known.members.get(key_of(entry.email))
    if member is None or not within(known.reach, member.lines):
        return faulty(entry, Fault("not-a-member", say("Nobody with this address has access here")))
    refusal = _removal_refusal(known, member, managers_left)
    if refusal is not None:
        return refused(entry, refusal)
    return Row(
        entry.number,
        known.names.get(member.account_id, ""),
        entry.email,
        Act.REMOVE,
        [],
        list(member.functions),
        list(member.lines),
        membership_id=member.id,
        version=member.version,
        before=standing_of(member),
    )


def _removal_refusal(known: Facts, member: Membership, managers_left: int) -> Refusal | None:
    if member.account_id == known.actor.id:
        return Refusal.OWN_ROW
    if member.status != ACTIVE:
        return Refusal.NOT_A_MEMBER
    if member.is_manager and managers_left <= 1:
        return Refusal.LAST_MANAGER
    return may_remove_alone(known.actor.id, member.account_id, person=known.person, is_manager=member.is_manager)


def standing_of(member: Membership) -> dict[str, object]:
    """Return what undoing gives back."""
    return {
        "functions": list(member.functions),
        "ends_at": member.ends_at.isoformat() if member.ends_at else None,
        "lines": list(member.lines),
        "manager": member.is_manager,
        "link": member.link_id,
    }


def _alone(known: Facts, held: Collection[str], wanted: Wanted) -> Refusal | None:
    """Four eyes, where the organization asks for them; a program is answered for elsewhere."""
    if not known.person:
        return None
    here = known.organization
    return may_give_alone(held, wanted.functions, asked=here.four_eyes, managers=here.manager_count)


def _offer(found: Invitation) -> dict[str, object]:
    ends_at = found.ends_at.isoformat() if found.ends_at else None
    return {
        "name": found.display_name,
        "functions": list(found.functions),
        "lines": list(found.lines),
        "ends_at": ends_at,
    }


def _same(found: Invitation, wanted: Wanted) -> bool:
    offered = (found.display_name, tuple(found.functions), tuple(found.lines), found.ends_at)
    asked = (wanted.display_name, in_order(wanted.functions), tuple(wanted.lines), wanted.ends_at)
    return offered == asked
