"""Registration under rivals on real PostgreSQL: one submission, one decision, one first seat, five tries."""

import threading
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from registration.app import SERVICE
from registration.applications import models, service
from registration.applications.answers import (
    AccessAnswer,
    ContactAnswer,
    IdentityType,
    OrganizationAnswer,
    OrganizationKind,
)
from registration.applications.states import Act
from registration.contacts.codes import MAX_TRIES, Channel
from registration.contacts.hasher import ContactHasher
from registration.directory import imports
from registration.directory.vault import TinVault
from registration.settings import RegistrationSettings
from registration.submission import escalation, handlers, people
from registration.submission import service as submission
from registration.vetting import models as vetting_models
from registration.vetting import service as vetting
from registration.vetting.cases import CallFacts, CallOutcome, Evidence
from registration.vetting.service import Agent, CallRecord, Seat
from shared import runtime
from shared.contracts import CONTRACTS
from shared.db.floor import outbox
from shared.db.migrate import migrate
from shared.errors import Problem
from shared.events.event import Event
from shared.service import Context

RIVALS = 16
CONFIRMED = CallFacts(
    CallOutcome.CONFIRMED, "Pat Owner", frozenset({Evidence.KNOWS_APPLICANT, Evidence.AGREES_TO_MANAGER})
)
SEAT = Seat("Harbor", OrganizationKind.PRACTICE, ["claims.status.view"])


@pytest.fixture
def place(postgres: Callable[..., str]) -> Iterator[Context]:
    """Registration on an empty PostgreSQL."""
    settings = RegistrationSettings(
        mode="test",
        database_url=postgres("registration"),
        broker_url="memory:",
        cache_url="memory:",
        secret_key=SecretStr("registration-race-key-0123456789abcdef"),
    )
    context = runtime.build(SERVICE, settings)
    migrate(context.database, SERVICE.migrations)
    yield context
    context.database.close()


def ready(place: Context, number: int = 1, tin: str = "123456789") -> str:
    """An application with everything answered and both contacts proved; return its id."""
    with place.transaction() as work:
        application, _secret = service.begin(work, place.part(ContactHasher), "en")
        service.answer_who(work, application, IdentityType.REPRESENTATIVE)
        organization = OrganizationAnswer("Harbor", True, tin, None)
        service.answer_organization(work, place.part(TinVault), application, organization)
        contact = ContactAnswer("Casey", f"casey{number}@practice.example", "+12025550143", "202 555 0143")
        service.answer_contact(work, application, contact)
        service.answer_access(work, application, AccessAnswer(None, ("claims.status.view",)))
        application.email_proved_at = application.mobile_proved_at = work.now
        work.session.flush()
        assert models.move(work.session, application.id, Act.PROVE_CONTACT)
        return application.id


def case_of(place: Context, application_id: str, account_id: str) -> str:
    """A submitted application with a confirmed call; return its case."""
    with place.transaction() as work:
        assert submission.submit(work, application_id, account_id)
    with place.transaction() as work:
        found = next(each for each in vetting.queue(work.session).files if each.application.id == application_id)
        vetting.record_call(work, found.case.id, Agent("acc_d", "Dana"), CallRecord(CONFIRMED, "", ""))
        return found.case.id


def unproved_case(place: Context, number: int = 1) -> str:
    """An open case in which nobody has called: whoever seats here overrides. A TIN of its own."""
    application_id = ready(place, number, f"98{number:07d}")
    with place.transaction() as work:
        assert submission.submit(work, application_id, f"acc_{number}")
    with place.reading() as session:
        case = vetting_models.of_application(session, application_id)
    assert case is not None
    return case.id


def _second(place: Context, case_id: str, proposal_id: str, number: int) -> Callable[[], object]:
    """What each of many agents does about a proposal of agent 0; every fourth of them is agent 0."""
    agent, vault = Agent(f"acc_d{number % 4}", f"Agent {number}"), place.part(TinVault)

    def act() -> object:
        with place.transaction() as work:
            if number % 4 == 0:
                vetting.withdraw_proposal(work, case_id, proposal_id, agent)
                return "taken back"
            if number % 4 == 1:
                return vetting.confirm_proposal(work, vault, case_id, proposal_id, agent) and "confirmed"
            if number % 4 == 2:
                vetting.reject_proposal(work, case_id, proposal_id, agent, "Call them first.")
                return "rejected"
            vetting.refuse(work, case_id, agent, "Nobody knows them.")
            return "refused"

    return act


def race(acts: list[Callable[[], object]]) -> list[object]:
    """Run every act at once; return what each gave: its result, or the slug of its refusal."""
    start, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            results.append(act())
        except Problem as problem:
            results.append(problem.slug)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def published(place: Context, kind: str) -> int:
    """How many events of a type wait to be sent."""
    assert kind in CONTRACTS
    with place.reading() as session:
        return session.query(outbox).filter(outbox.c.type == kind).count()


def test_sixteen_submit_one_application(place: Context) -> None:
    """Return page and event, in whatever number: one submission, one event, one case."""
    application_id = ready(place)

    def submit() -> object:
        with place.transaction() as work:
            return submission.submit(work, application_id, "acc_1")

    assert sorted(map(str, race([submit] * RIVALS))) == ["False"] * (RIVALS - 1) + ["True"]
    assert (published(place, "user.registered"), published(place, "vetting.required")) == (1, 1)


def test_sixteen_agents_decide_one_case(place: Context) -> None:
    """Half seat, half refuse: one terminal state, one event, the others are told who was first."""
    case_id = case_of(place, ready(place), "acc_1")

    def decide(number: int) -> Callable[[], object]:
        def act() -> object:
            agent = Agent(f"acc_d{number}", f"Agent {number}")
            with place.transaction() as work:
                if number % 2:
                    return vetting.seat(work, place.part(TinVault), case_id, agent, SEAT) and "won"
                vetting.refuse(work, case_id, agent, "Nobody knows them.")
                return "won"

        return act

    results = race([decide(number) for number in range(RIVALS)])
    assert sorted(map(str, results)) == ["already-decided"] * (RIVALS - 1) + ["won"]
    assert published(place, "vetting.completed") == 1


def test_eight_cases_of_one_unknown_tin_seat_at_once(place: Context) -> None:
    """One organization, one first manager; the others hear that there is one now."""
    cases = [case_of(place, ready(place, number), f"acc_{number}") for number in range(8)]

    def seat(case_id: str) -> Callable[[], object]:
        def act() -> object:
            with place.transaction() as work:
                return vetting.seat(work, place.part(TinVault), case_id, Agent("acc_d", "Dana"), SEAT) and "seated"

        return act

    results = race([seat(case_id) for case_id in cases])
    assert sorted(map(str, results)) == ["already-managed"] * 7 + ["seated"]
    assert published(place, "vetting.completed") == 1


def test_of_sixteen_proposals_one_is_open(place: Context) -> None:
    """Agents who propose at once: one proposal waits for a second agent, the others hear of it."""
    case_id = unproved_case(place)

    def propose(number: int) -> Callable[[], object]:
        def act() -> object:
            with place.transaction() as work:
                agent = Agent(f"acc_d{number}", f"Agent {number}")
                return vetting.propose(work, case_id, agent, SEAT, "The owner wrote to us.") and "proposed"

        return act

    results = race([propose(number) for number in range(RIVALS)])
    assert sorted(map(str, results)) == ["already-proposed"] * (RIVALS - 1) + ["proposed"]


def test_a_proposal_is_decided_once_and_never_by_its_proposer(place: Context) -> None:
    """Confirmed, turned down, taken back and the case refused at once: one outcome, no deadlock, at most one event."""
    for round_number in range(1, 9):
        case_id = unproved_case(place, round_number)
        with place.transaction() as work:
            proposal_id = vetting.propose(work, case_id, Agent("acc_d0", "Dana"), SEAT, "The owner wrote.").id
        results = race([_second(place, case_id, proposal_id, number) for number in range(RIVALS)])
        won = [each for each in results if each in {"confirmed", "rejected", "taken back", "refused"}]
        with place.reading() as session:
            found = vetting.read_file(session, case_id)
        assert "own-proposal" not in won and found.proposal is None
        ended = {"confirmed", "refused"} & set(map(str, won))
        assert len(ended) <= 1 and len(won) <= 2, results
        assert (found.case.state == "open") is not bool(ended)
    assert published(place, "vetting.completed") <= 8


def test_sixteen_guesses_are_five_tries(place: Context) -> None:
    """Tries sent at once are counted one by one."""
    hasher = place.part(ContactHasher)
    with place.transaction() as work:
        application, _secret = service.begin(work, hasher, "en")
        service.answer_contact(work, application, ContactAnswer("C", "c@practice.example", "+12025550143", "x"))
        service.send_code(work, hasher, application, Channel.EMAIL)

    def guess() -> object:
        with place.transaction() as work:
            held = service.hold(work, application.id)
            return service.prove(work, hasher, held, Channel.EMAIL, "not it")

    results = race([guess] * RIVALS)
    assert results.count("wrong") == MAX_TRIES - 1
    assert results.count("spent") == RIVALS - MAX_TRIES + 1


def test_a_withdrawal_and_the_desk_at_once_leave_one_outcome(place: Context) -> None:
    """Both close the case and the application, and take the two rows in one order: neither is a deadlock's victim."""
    for number in range(1, 9):
        application_id, account_id = ready(place, number), f"acc_{number}"
        case_id = case_of(place, application_id, account_id)

        def withdraw(application_id: str = application_id, account_id: str = account_id) -> object:
            with place.transaction() as work:
                return "won" if submission.withdraw(work, application_id, account_id) else "late"

        def refuse(case_id: str = case_id) -> object:
            with place.transaction() as work:
                vetting.refuse(work, case_id, Agent("acc_d", "Dana"), "Nobody knows them.")
                return "won"

        results = race([withdraw, refuse])
        assert len(results) == 2 and results.count("won") == 1, results
    with place.reading() as session:
        pairs = session.execute(
            text("SELECT a.state, c.state FROM applications a JOIN vetting_cases c ON c.application_id = a.id")
        ).all()
    assert {tuple(pair) for pair in pairs} <= {("withdrawn", "withdrawn"), ("denied", "refused")}


def test_sixteen_drafts_of_one_person_ask_for_one_account(place: Context) -> None:
    """F11: whoever asks first names it, and everybody else asks identity for the same one."""
    drafts = [ready(place, 1, f"97{number:07d}") for number in range(RIVALS)]

    def ask(application_id: str) -> Callable[[], object]:
        def act() -> object:
            with place.transaction() as work:
                return people.reference_of(work, place.part(ContactHasher), service.current(work, application_id))

        return act

    named = race([ask(each) for each in drafts])
    assert len(named) == RIVALS and len(set(named)) == 1 and named[0] in drafts


def test_one_account_opened_hands_in_every_draft_once_whoever_calls(place: Context) -> None:
    """Two return pages and the event at once, eight times over: each draft is one request, nobody deadlocks."""
    drafts = [ready(place, 1, f"97{number:07d}") for number in range(2)]
    for each in drafts:
        with place.transaction() as work:
            service.keep_account(work, each, "acc_1")

    def page(application_id: str) -> Callable[[], object]:
        def act() -> object:
            with place.transaction() as work:
                return submission.submit(work, application_id, "acc_1")

        return act

    def event() -> object:
        with place.transaction() as work:
            return [submission.submit(work, each.id, "acc_1") for each in models.of_account(work.session, "acc_1")]

    results = race([*[page(each) for each in drafts], event] * 5)
    assert len(results) == 3 * 5
    assert published(place, "user.registered") == 2


def test_silence_and_a_decision_at_once_converge(place: Context) -> None:
    """F3, F9: the due date passes while a manager decides. Whoever is first, the decision stands, and no case is open.

    The desk's case is either never opened, or closed as handed on; the applicant is told once what was decided.
    """
    for number in range(1, 9):
        application_id = waiting_at_managers(place, number)

        def escalate(application_id: str = application_id) -> object:
            with place.transaction() as work:
                return escalation.escalate(work, application_id)

        def decide(application_id: str = application_id, organization_id: str = f"org_{number}") -> object:
            with place.transaction() as work:
                handlers.approval_decided(work, decision(place, application_id, organization_id))
                return "decided"

        results = race([escalate, decide, escalate])
        assert len(results) == 3 and "decided" in results, results
    with place.reading() as session:
        found = session.execute(
            text("SELECT a.state, c.state FROM applications a LEFT JOIN vetting_cases c ON c.application_id = a.id")
        ).all()
    assert {tuple(each) for each in found} <= {("approved", None), ("approved", "handed_on")}
    assert len(found) == 8


def waiting_at_managers(place: Context, number: int) -> str:
    """A request whose managers were asked; return its id."""
    application_id = ready(place, number, f"96{number:07d}")
    row = imports.Row(f"96{number:07d}", "Harbor", "(202) 555-0111", True, True, organization_id=f"org_{number}")
    with place.transaction() as work:
        imports.keep(work, place.part(TinVault), row)
        work.session.execute(text("UPDATE organizations SET manager_count = 1"))
    with place.transaction() as work:
        assert submission.submit(work, application_id, f"acc_{number}")
    return application_id


def decision(place: Context, application_id: str, organization_id: str) -> Event:
    """What access-manager tells when a manager approves."""
    facts: dict[str, object] = {"application_id": application_id, "outcome": "approved", "functions": []}
    told, now = {**facts, "organization_id": organization_id}, place.clock.now()
    return Event(place.ids.new("evt"), "approval.decided", "access-manager", "apr_1", 2, now, told)
