"""Use cases of the list of organizations: add some, take one off, tell which kinds there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from registration.applications.answers import OrganizationAnswer, OrganizationKind
from registration.applications.models import Application
from registration.applications.organizations import models
from registration.applications.organizations.listing import MOST
from registration.applications.organizations.models import DraftOrganization
from registration.directory.vault import SealedTin, TinVault
from shared.service import Work


@dataclass(frozen=True)
class Taken:
    """How many organizations were added, and how many were there already: those are kept once."""

    added: int
    known: int


@dataclass(frozen=True)
class TooMany:
    """Nothing was added: there would be more than an application takes; `free` places are left."""

    free: int


def add(
    work: Work, vault: TinVault, application: Application, answers: Sequence[OrganizationAnswer]
) -> Taken | TooMany:
    """Put organizations on the list of a held draft, all or none. Nothing is looked up: nothing can be learnt."""
    listed = list(models.of_application(work.session, application.id))
    seen = {_key(application.tin_index, application.organization_name or "")}
    seen |= {_key(each.tin_index, each.name) for each in listed}
    fresh: list[DraftOrganization] = []
    position = max((each.position for each in listed), default=0)
    for answer in answers:
        sealed = vault.seal(answer.tin) if answer.tin else None
        key = _key(sealed.index if sealed else None, answer.name)
        if key not in seen:
            seen.add(key)
            fresh.append(_row(work, application, answer, sealed, position + len(fresh) + 1))
    free = MOST - 1 - len(listed)
    if len(fresh) > free:
        return TooMany(free)
    work.session.add_all(fresh)
    work.session.flush()
    return Taken(len(fresh), len(answers) - len(fresh))


def kinds_of(session: Session, application: Application) -> frozenset[OrganizationKind]:
    """Every kind among the organizations of a draft."""
    first = application.organization_kind or OrganizationKind.PRACTICE
    return frozenset(map(OrganizationKind, {first, *models.kinds_of(session, application.id)}))


def _key(tin_index: str | None, name: str) -> str:
    """What makes two entries the same organization: the TIN, or the name where there is none."""
    return tin_index or f"name:{name.casefold()}"


def _row(
    work: Work, application: Application, answer: OrganizationAnswer, sealed: SealedTin | None, position: int
) -> DraftOrganization:
    return DraftOrganization(
        id=work.ids.new("dor"),
        application_id=application.id,
        position=position,
        name=answer.name,
        kind=answer.kind,
        lines=list(answer.lines) or None,
        has_tin=answer.has_tin,
        tin_box=sealed.box if sealed else None,
        tin_index=sealed.index if sealed else None,
        npi=answer.npi,
    )
