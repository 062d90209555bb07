"""Use cases of the directory: look a TIN up or tell it, keep the projection of organizations, link one to its TIN."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registration.directory import models
from registration.directory.models import DirectoryEntry, Organization
from registration.directory.national import NpiRecord, record_of
from registration.directory.vault import SealedTin, TinVault
from shared.errors import not_found
from shared.service import Work


@dataclass(frozen=True)
class TinFacts:
    """All that registration knows about one TIN; both are None for an unknown one."""

    entry: DirectoryEntry | None
    organization: Organization | None


@dataclass(frozen=True)
class Reader:
    """For whom a program reads a TIN: the app that gets it and the person who signed in there; None: for itself."""

    client_id: str | None
    account_id: str | None


def facts(work: Work, tin_index: str | None) -> TinFacts:
    """Look a TIN up in the directory and among the organizations, always both, known or not."""
    index = tin_index or ""
    return TinFacts(models.entry_of(work.session, index), models.organization_of(work.session, index))


def npi_records(session: Session, npis: Collection[str]) -> dict[str, NpiRecord]:
    """Say who has these NPIs; nobody has one that is unknown or deactivated, or any while no file was imported."""
    return {cells.npi: record_of(cells) for cells in models.npi_entries_of(session, npis)}


def npis_of(session: Session, tin_indexes: Collection[str]) -> dict[str, frozenset[str]]:
    """The NPIs the payer knows for some TINs, by index; a TIN without any is left out."""
    found: dict[str, set[str]] = {}
    for index, npi in models.npis_of(session, tin_indexes):
        found.setdefault(index, set()).add(npi)
    return {index: frozenset(npis) for index, npis in found.items()}


def told_tin(work: Work, vault: TinVault, organization_id: str, reader: Reader) -> str | None:
    """Return the nine digits of an organization, None for one without a TIN, and write down who read them.

    Raises the 404 that an unknown organization gets.
    """
    found = work.session.get(Organization, organization_id)
    if found is None:
        raise not_found()
    after = {"for_client": reader.client_id, "for_account": reader.account_id}
    work.audit("organization.tin_read", target=organization_id, organization=organization_id, after=after)
    return vault.open(found.tin_box) if found.tin_box else None


def link(
    work: Work, organization_id: str, sealed: SealedTin | None, *, name: str, contracted: bool
) -> Organization | None:
    """Remember which TIN an organization has; None, and nothing changed, where another organization has that TIN.

    An organization known from events only gets its TIN filled in; one that has a TIN keeps it.
    """
    holder = models.organization_of(work.session, sealed.index) if sealed else None
    if holder is not None and holder.id != organization_id:
        return None
    organization = work.session.get(Organization, organization_id)
    if organization is None:
        organization = _fresh(organization_id)
        work.session.add(organization)
    _give_tin(organization, sealed)
    organization.name, organization.contracted = name, contracted
    work.session.flush()
    return organization


def organization_changed(
    work: Work, organization_id: str, sequence: int, *, name: str, contracted: bool, managers: int
) -> None:
    """Keep what `organization.changed` says; older news than ours is ignored."""
    _ensure(work, organization_id)
    models.note_organization(work.session, organization_id, sequence, name=name, contracted=contracted)
    models.note_managers(work.session, organization_id, sequence, managers)


def managers_changed(work: Work, organization_id: str, sequence: int, count: int) -> None:
    """Keep the count of managers; older news than ours is ignored."""
    _ensure(work, organization_id)
    models.note_managers(work.session, organization_id, sequence, count)


def seat(work: Work, sealed: SealedTin | None, *, name: str, contracted: bool) -> str | None:
    """Give the first seat of the organization of a TIN, known or new; return its id, or None if the seat is taken.

    Without a TIN there is nothing to share a seat with: a new organization each time.
    """
    index = sealed.index if sealed else None
    known = models.organization_of(work.session, index) if index else None
    organization = known or _make(work, sealed, name=name, contracted=contracted)
    return organization.id if models.take_seat(work.session, organization.id) else None


def _make(work: Work, sealed: SealedTin | None, *, name: str, contracted: bool) -> Organization:
    """A new organization, or the one that a rival has just made for the same TIN."""
    made = _fresh(work.ids.new("org"))
    _give_tin(made, sealed)
    made.name, made.contracted = name, contracted
    if _added(work, made):
        return made
    rival = models.organization_of(work.session, made.tin_index or "")
    if rival is None:
        raise LookupError("an organization was neither made nor found")
    return rival


def _give_tin(organization: Organization, sealed: SealedTin | None) -> None:
    if sealed is not None and organization.tin_index in (None, sealed.index):
        organization.tin_index, organization.tin_box = sealed.index, sealed.box


def _ensure(work: Work, organization_id: str) -> None:
    if work.session.get(Organization, organization_id) is None:
        _added(work, _fresh(organization_id))


def _added(work: Work, organization: Organization) -> bool:
    try:
        with work.session.begin_nested():
            work.session.add(organization)
    except IntegrityError:
        return False
    return True


def _fresh(organization_id: str) -> Organization:
    return Organization(
        id=organization_id,
        tin_index=None,
        tin_box=None,
        name="",
        contracted=False,
        manager_count=0,
        organization_sequence=0,
        manager_sequence=0,
        seated_sequence=None,
    )
