"""Demo data for the local run, through the same use cases as everything else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from registration.applications import models as applications
from registration.applications.models import Application
from registration.applications.service import number_of
from registration.applications.states import State
from registration.contacts import addresses
from registration.directory import imports
from registration.directory import service as directory
from registration.directory.imports import Row
from registration.directory.numbers import last4 as last4_of
from registration.directory.vault import TinVault
from registration.evidence import imports as evidence
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.ways import Fact, Way, local_day, reference
from registration.submission import escalation
from registration.submission import service as submission
from shared.service import Work


@dataclass(frozen=True)
class DemoPractice:
    """One line of the payer's directory.

    `organization_id` links it to an organization of access-manager; None for one that only the directory knows.
    """

    name: str
    tin: str | None
    phone: str
    contracted: bool
    claim_submitted: bool
    npi: str | None = None
    organization_id: str | None = None


@dataclass(frozen=True)
class DemoApplicant:
    """Somebody with an account who waits for a decision. `identity_type` as in `applications.answers`.

    `days_ago`: when they handed in; past the due date the desk has it at once, as the worker would see to.
    """

    account_id: str
    display_name: str
    email: str
    mobile: str
    organization_name: str
    tin: str | None
    functions: tuple[str, ...]
    identity_type: str = "representative"
    days_ago: int = 0


def seed(work: Work, practices: Sequence[DemoPractice]) -> None:
    """Fill the directory and link organizations to their TINs; run again, it changes nothing."""
    for practice in practices:
        if practice.tin is not None:
            imports.keep(work, work.context.part(TinVault), _row(practice, practice.tin))
            _learn_facts(work, practice.tin)
        elif practice.organization_id is not None:
            contracted = practice.contracted
            directory.link(work, practice.organization_id, None, name=practice.name, contracted=contracted)


def apply(work: Work, applicant: DemoApplicant) -> str:
    """Submit an application, once per account; return its id.

    Who decides depends on the managers known here: let access-manager's events arrive first.
    """
    known = applications.of_account(work.session, applicant.account_id)
    if known:
        return known[0].id
    then = replace(work, now=work.now - timedelta(days=applicant.days_ago))
    identifier = _hand_in(then, applicant)
    work.published = then.published  # the door rings the bell for the work it opened
    if identifier in escalation.unanswered(work.session, work.now, limit=1):
        escalation.escalate(work, identifier)
    return identifier


def _hand_in(work: Work, applicant: DemoApplicant) -> str:
    sealed = work.context.part(TinVault).seal(applicant.tin) if applicant.tin else None
    identifier = work.ids.new("app")
    work.session.add(
        Application(
            id=identifier,
            number=number_of(identifier),
            state=State.CONTACT_PROVED,
            version=1,
            language="en",
            identity_type=applicant.identity_type,
            organization_name=applicant.organization_name,
            has_tin=sealed is not None,
            tin_box=sealed.box if sealed else None,
            tin_index=sealed.index if sealed else None,
            display_name=applicant.display_name,
            email=applicant.email,
            email_key=addresses.email_key(applicant.email),
            mobile=applicant.mobile,
            mobile_typed=applicant.mobile,
            email_proved_at=work.now,
            mobile_proved_at=work.now,
            functions=list(applicant.functions),
            account_id=applicant.account_id,
            created_at=work.now,
            touched_at=work.now,
        )
    )
    work.session.flush()
    submission.submit(work, identifier, applicant.account_id)
    return identifier


def _learn_facts(work: Work, tin: str) -> None:
    """A claim of the first of this month and a payment, so that evidence without a call can be tried."""
    today, last4 = local_day(work.now), last4_of(tin)
    claim = Fact(Way.CLAIM, reference(f"DEMO-CLAIM-{last4}"), 125_00, today.replace(day=1))
    payment = Fact(Way.PAYMENT, reference(f"DEMO-PAYMENT-{last4}"), 80_00)
    rows = [evidence.Row(tin, each, today.replace(day=1)) for each in (claim, payment)]
    evidence.keep(work, work.context.part(TinVault), work.context.part(EvidenceHasher), rows)


def _row(practice: DemoPractice, tin: str) -> Row:
    return Row(
        tin,
        practice.name,
        practice.phone,
        practice.contracted,
        practice.claim_submitted,
        npi=practice.npi,
        organization_id=practice.organization_id,
        address=f"{int(last4_of(tin)) + 100} Main St\nDover, DE 19901",
    )
