"""What alerts are computed from: facts about applicants and their organizations, counted in few queries. Reads only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from registration.applications.models import Application
from registration.applications.states import DRAFTING, State
from registration.contacts import addresses
from registration.directory import service as directory
from registration.directory.models import DirectoryEntry, Organization
from registration.directory.national import NpiRecord
from registration.vetting.alerts import RECENTLY, Alert, Facts, alerts_of

_SAME = ("email_key", "mobile", "tin_index")
_BY_PEOPLE = ("desk_refused", "manager_denied")  # a refusal by rule says nothing about the person


def facts_of(
    session: Session, applying: Sequence[Application], entries: Mapping[str, DirectoryEntry]
) -> dict[str, Facts]:
    """The facts of some applications, by their ids; `entries` is the directory by TIN index."""
    mobiles = _tins_with_mobiles(session, [each.mobile for each in applying if each.mobile])
    phones = _tins_with_phones(session, {entry.phone for entry in entries.values() if entry.phone})
    managers = _managers(session, applying)
    declined = _declined(session, {name: {getattr(each, name) for each in applying} - {None} for name in _SAME})
    with_npi = [each for each in applying if each.npi]
    records = directory.npi_records(session, {each.npi for each in with_npi if each.npi})
    npis = directory.npis_of(session, {each.tin_index for each in with_npi if each.tin_index})
    found = {}
    for each in applying:
        entry = entries.get(each.tin_index or "")
        facts = Facts(
            email=each.email or "",
            names=[name for name in (each.display_name, each.organization_name, entry and entry.name) if name],
            tins_with_mobile=mobiles.get(each.mobile or "", 0),
            tins_with_office_phone=phones.get(entry.phone, 0) if entry else 0,
            office_domain=entry.domain if entry else None,
            declined=[other.number for other in declined if _concerns(each, other)],
            managers=managers.get(each.tin_index or "", 0) or managers.get(each.organization_id or "", 0),
        )
        found[each.id] = _with_npi(each, facts, npis, records)
    return found


def facts_of_offices(
    session: Session, organizations: Iterable[Organization], entries: Mapping[str, DirectoryEntry]
) -> dict[str, Facts]:
    """The facts of organizations at which nobody applies, by their ids; their own managers are no alert there."""
    phones = _tins_with_phones(session, {entry.phone for entry in entries.values() if entry.phone})
    known = {each.id: entries.get(each.tin_index or "") for each in organizations}
    return {identifier: _of_office(entry, phones) for identifier, entry in known.items()}


def alerts_about(
    session: Session,
    application: Application | None,
    entry: DirectoryEntry | None,
    email: str,
    mobile: str,
    opened_at: datetime,
) -> tuple[Alert, ...]:
    """The alerts of a case if somebody else than the applicant were seated, by their own address and number.

    What the applicant was declined for, and whose NPI they gave, does not count against the other person.
    """
    entries = {entry.tin_index: entry} if entry else {}
    if application is None:
        facts = _of_office(entry, _tins_with_phones(session, [entry.phone] if entry and entry.phone else []))
    else:
        facts = facts_of(session, [application], entries)[application.id]
    shared = _tins_with_mobiles(session, [mobile] if mobile else []).get(mobile, 0)
    declined = _declined(session, {"email_key": {addresses.email_key(email)}, "mobile": {mobile} if mobile else set()})
    theirs = [each.number for each in declined if each.decided_at and each.decided_at >= opened_at - RECENTLY]
    return alerts_of(replace(facts, email=email, tins_with_mobile=shared, declined=theirs, npi=None))


def account_at(session: Session, email: str) -> str | None:
    """The account of the newest applicant who proved this address, however it was written, and handed in; or None."""
    same = Application.email_key == addresses.email_key(email), Application.submitted_at.is_not(None)
    chosen = select(Application.account_id).where(*same)
    return session.scalar(chosen.order_by(Application.submitted_at.desc()).limit(1))


def _tins_with_mobiles(session: Session, mobiles: Collection[str]) -> dict[str, int]:
    """For how many TINs somebody applied with a mobile number, by number; drafts do not count."""
    chosen = (
        select(Application.mobile, func.count(Application.tin_index.distinct()))
        .where(Application.mobile.in_(set(mobiles)), Application.state.not_in(DRAFTING))
        .group_by(Application.mobile)
    )
    return {mobile: count for mobile, count in session.execute(chosen) if mobile}


def _tins_with_phones(session: Session, phones: Collection[str]) -> dict[str, int]:
    chosen = select(DirectoryEntry.phone, func.count()).where(DirectoryEntry.phone.in_(phones))
    return {phone: int(count) for phone, count in session.execute(chosen.group_by(DirectoryEntry.phone))}


def _managers(session: Session, applying: Sequence[Application]) -> dict[str, int]:
    """How many managers there are, by TIN index and by organization."""
    indexes = [each.tin_index for each in applying if each.tin_index]
    ids = [each.organization_id for each in applying if each.organization_id]
    chosen = select(Organization).where(or_(Organization.tin_index.in_(indexes), Organization.id.in_(ids)))
    found = {}
    for organization in session.scalars(chosen):
        found[organization.id] = organization.manager_count
        if organization.tin_index:
            found[organization.tin_index] = organization.manager_count
    return found


def _declined(session: Session, who: Mapping[str, Collection[str]]) -> list[Application]:
    """Declined applications with one of these addresses, numbers or TINs, newest first."""
    same = [getattr(Application, name).in_(values) for name, values in who.items()]
    chosen = select(Application).where(
        Application.state == State.DENIED, Application.reason_code.in_(_BY_PEOPLE), or_(*same)
    )
    return list(session.scalars(chosen.order_by(Application.decided_at.desc(), Application.id.desc())))


def _concerns(application: Application, other: Application) -> bool:
    """Whether a declined application is another one, of the same person or TIN, and recent."""
    if other.id == application.id or other.decided_at is None or application.submitted_at is None:
        return False
    if other.decided_at < application.submitted_at - RECENTLY:
        return False
    pairs = ((getattr(application, name), getattr(other, name)) for name in _SAME)
    return any(mine is not None and mine == theirs for mine, theirs in pairs)


def _of_office(entry: DirectoryEntry | None, phones: Mapping[str, int]) -> Facts:
    """What is known of an office where nobody applies; `phones`: how many TINs have a number."""
    if entry is None:
        return Facts()
    return Facts(tins_with_office_phone=phones.get(entry.phone, 0), office_domain=entry.domain)


def _with_npi(
    application: Application, facts: Facts, npis: Mapping[str, frozenset[str]], records: Mapping[str, NpiRecord]
) -> Facts:
    if not application.npi:
        return facts
    known = npis.get(application.tin_index or "", frozenset())
    record = records.get(application.npi)
    return replace(facts, npi=application.npi, known_npis=known, npi_name=record.name if record else None)
