"""Connection codes: how one organization finds another without anybody being able to look who there is.

There is no search. A manager reads the code of their organization to a manager of the other one; twelve characters of
60 random bits are not guessed, name nothing, and give nothing: the other side still has to agree. Renewing ends the
former code.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.memberships.authority import held_for_change, insist_manager
from access_manager.rules.refusals import Refusal, insist
from access_manager.third_parties.models import ConnectCode
from shared.service import Actor, Work

_LENGTH = 12
# What people write down for what they hear: Crockford's reading of letters that look like digits.
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1"})


def current(session: Session, organization_id: str) -> ConnectCode | None:
    """Return the organization's code, or None where it has none."""
    return session.get(ConnectCode, organization_id)


def shown(code: str) -> str:
    """Return a code in groups of four, to be read aloud."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4)).upper()


def renew(work: Work, organization_id: str) -> ConnectCode:
    """Make a code; the former one is worth nothing from now on."""
    held_for_change(work, organization_id)
    code = work.ids.new("code")[-_LENGTH:]
    found = current(work.session, organization_id)
    if found is None:
        found = ConnectCode(organization_id=organization_id, code=code, made_at=work.now)
        work.session.add(found)
    found.code, found.made_at = code, work.now
    work.session.flush()
    work.audit("connect_code.renewed", target=organization_id, organization=organization_id)
    return found


def drop(work: Work, organization_id: str) -> None:
    """Take the code away; nobody can propose anything to the organization then."""
    held_for_change(work, organization_id)
    found = current(work.session, organization_id)
    if found is not None:
        work.session.delete(found)
        work.audit("connect_code.removed", target=organization_id, organization=organization_id)


def owner(session: Session, actor: Actor, organization_id: str, typed: str) -> str:
    """Return whose code it is, to a manager of `organization_id`; raises 404 for others and 422 for an unknown code."""
    insist_manager(session, actor, organization_id)
    code = "".join(each for each in typed.lower() if each.isalnum()).translate(_READ_AS)
    found = session.scalar(select(ConnectCode.organization_id).where(ConnectCode.code == code))
    insist(Refusal.PARTNER_UNKNOWN if found is None else None)
    return str(found)
