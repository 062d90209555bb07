"""A case as programs are told it: by the API and by the command line."""

from datetime import datetime

from registration.applications.models import Application
from registration.contacts.addresses import masked_email, masked_mobile
from registration.directory.vault import TinVault
from registration.vetting import cases
from registration.vetting.service import CaseFile

_AS_STORED = ("id", "state", "ground", "opened_at", "due_at", "decided_at", "organization_id", "seated_name")
_AS_FOUND = (
    *("managers", "may_seat", "may_name_another", "may_close_answered", "why_second", "alerts", "verified"),
    *("proposals", "calls", "account_id", "organization_name"),
)


def shown(found: CaseFile, now: datetime, vault: TinVault) -> dict[str, object]:
    """A case for `schemas.CaseOut`: contacts masked, of the TIN the last four digits, the telephone the directory's."""
    case, application = found.case, found.application
    return {
        **{name: getattr(case, name) for name in _AS_STORED},
        **{name: getattr(found, name) for name in _AS_FOUND},
        **_applied(application),
        "dormant_manager": None if application else case.manager_name,
        "last_seen_at": case.manager_seen_at,
        "tin_last4": vault.last4(found.tin_box) if found.tin_box else None,
        "telephone": found.entry.phone if found.entry else None,
        "next_call_at": case.next_call_at,
        "write_a_letter": case.letter,
        "overdue": case.state == cases.CaseState.OPEN and case.due_at < now,
    }


def _applied(application: Application | None) -> dict[str, object]:
    """What the applicant said; nothing where nobody applied."""
    return {
        "application_id": application.id if application else None,
        "application_number": application.number if application else None,
        "applicant": application.display_name if application else None,
        "functions": (application.functions if application else None) or [],
        "email_masked": masked_email(application.email or "") if application else None,
        "mobile_masked": masked_mobile(application.mobile or "") if application else None,
    }
