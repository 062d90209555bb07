"""Organizations of a draft as its pages show them: the first one and the list beside it, TINs as their last digits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registration.applications.answers import IdentityType, Line, OrganizationKind
from registration.applications.models import Application
from registration.applications.organizations import kinds, models
from registration.applications.organizations.models import DraftOrganization
from registration.directory.vault import TinVault
from shared.web.door import context, reading
from shared.web.shell.language import gettext as _


@dataclass(frozen=True)
class Shown:
    """One organization asked for; `id` is None for the first, `lines` empty for every line of business."""

    id: str | None
    name: str
    kind: str
    lines: Sequence[str]
    last4: str | None
    npi: str | None


def listed(application: Application) -> Sequence[Shown]:
    """Every organization of a draft, the first one first."""
    with reading() as session:
        further = models.of_application(session, application.id)
    return [_shown(application, None, application.organization_name, application.organization_kind)] + [
        _shown(each, each.id, each.name, each.kind) for each in further
    ]


def last4(row: Application | DraftOrganization) -> str | None:
    """The part of a TIN that may be shown; None where there is no TIN."""
    return context().part(TinVault).last4(row.tin_box) if row.tin_box else None


def kind_options(application: Application) -> list[tuple[str, str, str]]:
    """What an organization can be, for who asks: value, word, sentence."""
    said = _kinds()
    return [(kind, *said[kind]) for kind in kinds.open_to(IdentityType(application.identity_type or ""))]


def line_options() -> list[tuple[str, str]]:
    """The lines of business, in words."""
    said = {Line.MEDICAL: _("Medical"), Line.DENTAL: _("Dental"), Line.BEHAVIORAL: _("Behavioral health")}
    return list(said.items())


def _shown(row: Application | DraftOrganization, id: str | None, name: str | None, kind: str | None) -> Shown:
    lines = dict(line_options())
    word = _kinds()[OrganizationKind(kind or OrganizationKind.PRACTICE)][0]
    return Shown(id, name or "", word, [lines[Line(line)] for line in row.lines or ()], last4(row), row.npi)


def _kinds() -> Mapping[OrganizationKind, tuple[str, str]]:
    return {
        OrganizationKind.PRACTICE: (_("Practice"), _("One or more practitioners who treat patients")),
        OrganizationKind.FACILITY: (_("Facility"), _("A hospital, clinic, laboratory or nursing home")),
        OrganizationKind.BILLING_COMPANY: (_("Billing company"), _("It sends claims for practices and facilities")),
        OrganizationKind.VENDOR: (_("Vendor"), _("It makes software or services for practices and facilities")),
    }
