"""A case as programs are told it: by the API and by the command line."""

from datetime import datetime

from registration.contacts.addresses import masked_email, masked_mobile
from registration.directory.vault import TinVault
from registration.vetting import cases
from registration.vetting.service import CaseFile

_AS_STORED = ("id", "state", "ground", "opened_at", "due_at", "decided_at", "organization_id", "seated_name")
_AS_FOUND = ("managers", "may_seat", "may_name_another", "why_second", "alerts", "verified", "proposals", "calls")


def shown(found: CaseFile, now: datetime, vault: TinVault) -> dict[str, object]:
    """A case for `schemas.CaseOut`: contacts masked, of the TIN the last four digits, the telephone the directory's."""
    case, application = found.case, found.application
    return {
        **{name: getattr(case, name) for name in _AS_STORED},
        **{name: getattr(found, name) for name in _AS_FOUND},
        "application_id": application.id,
        "application_number": application.number,
        "account_id": application.account_id,
        "applicant": application.display_name,
        "organization_name": found.entry.name if found.entry else application.organization_name,
        "tin_last4": vault.last4(application.tin_box) if application.tin_box else None,
        "telephone": found.entry.phone if found.entry else None,
        "functions": application.functions or [],
        "email_masked": masked_email(application.email or ""),
        "mobile_masked": masked_mobile(application.mobile or ""),
        "next_call_at": case.next_call_at,
        "write_a_letter": case.letter,
        "overdue": case.state == cases.CaseState.OPEN and case.due_at < now,
    }
