"""What the pages, the API and the command line share: from checked values to use cases, and acts that ask identity."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from registration.applications.answers import OrganizationKind
from registration.applications.offer import current as current_offer
from registration.contacts import addresses
from registration.directory.vault import TinVault
from registration.neighbours import identity
from registration.neighbours.identity import NewAccount
from registration.vetting import business_days, cases, gathering, service
from registration.vetting.cases import CallFacts, CallFault, CallOutcome, Evidence, Ground
from registration.vetting.service import Account, Agent, Another, CallRecord, CaseFile, NewManager, Seat
from shared import spreadsheet
from shared.crypto import sha256
from shared.errors import unprocessable
from shared.i18n import Message, say
from shared.service import Context, Work

Transaction = Callable[[], AbstractContextManager[Work]]

FAULTS: Mapping[CallFault, tuple[str, Message]] = {
    CallFault.NOBODY_NAMED: ("spoke_to", say("Enter the name of the person who confirmed")),
    CallFault.NO_EVIDENCE: (
        "evidence",
        say("To confirm, the office must know the applicant and agree to make them access manager"),
    ),
    CallFault.NO_ANSWER: (
        "evidence",
        say("To confirm, the access manager must have answered, or the office must have named another person"),
    ),
}

EXPORTED = (
    *("case", "application", "ground", "person", "organization", "tin_last4", "telephone", "opened_at", "due_at"),
    *("overdue", "business_days_left", "next_call_at", "write_a_letter", "calls", "alerts", "waits_for_a_colleague"),
)


def call_record(values: Mapping[str, object]) -> CallRecord:
    """A call out of checked values."""
    evidence = values["evidence"]
    facts = CallFacts(
        CallOutcome(str(values["outcome"])),
        str(values["spoke_to"]).strip(),
        frozenset(map(Evidence, evidence)) if isinstance(evidence, list) else frozenset(),
    )
    return CallRecord(facts, str(values["number_called"]).strip(), str(values["note"]).strip())


def call_fault(context: Context, case_id: str, record: CallRecord) -> tuple[str, Message] | None:
    """Which field of a call is wrong, and why; None where it can be recorded. Raises 404."""
    with context.reading() as session:
        ground = Ground(service.read_file(session, case_id).case.ground)
    fault = cases.fault_of(record.facts, ground)
    return FAULTS[fault] if fault else None


def seat_of(values: Mapping[str, object]) -> Seat:
    """A seat out of checked values."""
    functions = values["functions"]
    return Seat(
        str(values["organization_name"]).strip(),
        OrganizationKind(str(values["organization_kind"])),
        [str(each) for each in functions] if isinstance(functions, list) else [],
    )


def person_of(values: Mapping[str, object]) -> NewManager:
    """The person the office named, out of checked values."""
    typed = str(values["mobile"]).strip()
    mobile = addresses.mobile(typed) if typed else ""
    return NewManager(str(values["display_name"]).strip(), addresses.email(str(values["email"])), mobile)


def only_offered(context: Context, case_id: str, asked: Seat) -> None:
    """Check that the organization may hold what is asked for; raises 404, or 422 naming what is beyond."""
    with context.reading() as session:
        contracted = service.read_file(session, case_id).contracted
    allowed = {task.id for task in current_offer(context).allowed(contracted=contracted, kind=asked.kind)}
    beyond = sorted(set(asked.functions) - allowed)
    if beyond:
        raise unprocessable({"functions": [f"This organization may not hold: {', '.join(beyond)}."]})


def name_another(
    context: Context, transaction: Transaction, case_id: str, agent: Agent, asked: Seat, person: NewManager
) -> str:
    """Seat the person the office named; return the organization's id.

    Identity makes the account between two transactions: the rules are asked before, so that nobody refused gets an
    account, and again with the seat. Raises what `service.name_another` raises, and 503 while identity is away.
    """
    with context.reading() as session:
        service.may_name(session, case_id, person)
    another = Another(person, _account(context, case_id, person))
    with transaction() as work:
        return service.name_another(work, context.part(TinVault), case_id, agent, asked, another)


def confirm(context: Context, transaction: Transaction, case_id: str, agent: Agent, proposal_id: str) -> str:
    """Seat as a colleague proposed; return the organization's id. Raises what `service.confirm_proposal` raises."""
    with context.reading() as session:
        proposal = service.read_file(session, case_id).proposal
    if proposal is not None:
        only_offered(context, case_id, service.seat_of(proposal))  # the contract may have ended since it was proposed
    read = proposal if proposal and proposal.id == proposal_id and proposal.proposed_by != agent.id else None
    person = service.person_of(read) if read else None  # nobody gets an account by what is refused below
    account = _account(context, case_id, person) if person else None
    with transaction() as work:
        return service.confirm_proposal(work, context.part(TinVault), case_id, proposal_id, agent, account)


def export(files: Iterable[CaseFile], vault: TinVault, now: datetime) -> Iterator[str]:
    """The queue as CSV, piece by piece; no contacts, of the TIN the last four digits."""
    return spreadsheet.rows(EXPORTED, (_exported(each, vault, now) for each in files))


def _account(context: Context, case_id: str, person: NewManager) -> Account:
    """The account of a person: the one that proved this address as an applicant, else a new one of identity's.

    Nobody has proved the mobile number, so identity does not learn it; the address is proved by the link sent to it.
    """
    with context.reading() as session:
        known = gathering.account_at(session, person.email)
    if known is not None and not identity.is_closed(context.neighbours, known):
        return Account(known, None)
    public_url = context.settings.public_url
    reference = f"{case_id}:{sha256(person.email)[:16]}"
    back = f"{public_url}/access"
    wanted = NewAccount(reference, person.display_name, person.email, None, "en", back)
    made = identity.make_account(context.neighbours, public_url, wanted)
    return Account(made.account_id, None if made.activation_url == back else made.activation_url)


def _exported(file: CaseFile, vault: TinVault, now: datetime) -> tuple[object, ...]:
    case, application = file.case, file.application
    return (
        case.id,
        application.number if application else None,
        case.ground,
        file.person_name,
        file.organization_name,
        vault.last4(file.tin_box) if file.tin_box else None,
        file.entry.phone if file.entry else None,
        case.opened_at.isoformat(),
        case.due_at.isoformat(),
        "yes" if case.due_at < now else "no",
        business_days.business_days_left(now, case.due_at),
        case.next_call_at.isoformat() if case.next_call_at else None,
        "yes" if case.letter else "no",
        len(file.calls),
        " ".join(each.kind for each in file.alerts),
        "yes" if file.proposal else "no",
    )
