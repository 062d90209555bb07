"""Evidence without a call (F5): a claim or a payment proves the organization; five wrong tries end it (threat 40)."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import event

from registration import housekeeping
from registration.directory.imports import Row
from registration.directory.vault import TinVault
from registration.evidence import imports, service
from registration.evidence.hasher import EvidenceHasher
from tests.service.registration.house import House, Visitor

TIN = "12-3456789"
FACTS = (
    "tin,kind,number,date,amount\n"
    "12-3456789,claim,CLM 4711-0815,2026-11-05,1250.00\n"
    "123456789,payment,88-1000-4,2026-11-09,993.07\n"
)
CLAIM = {"Claim number": "clm4711 0815", "Date of service": "11/5/2026", "Amount billed": "$1,250.00"}
WRONG = {**CLAIM, "Amount billed": "1250.01"}
NO_MATCH = "We cannot confirm this with what we have on file"


def learn(house: House, rows: str = FACTS) -> imports.Counts:
    """The payer's facts come in."""
    context = house.context
    vault, hasher = context.part(TinVault), context.part(EvidenceHasher)
    faults: list[imports.RowFault] = []
    counts = imports.run(imports.read(io.StringIO(rows)), vault, hasher, context.transaction, faults.append)
    assert not faults, faults
    return counts


def applicant(house: House, number: int = 43, tin: str | None = TIN) -> tuple[Visitor, str]:
    """Somebody who has applied and signed in at the evidence page; with the application's id."""
    person = house.visitor()
    house.apply(person, tin=tin, mobile=f"202 555 01{number}", email=f"casey{number}@practice.example")
    application_id = house.submit(person)
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    person.open(f"/register/status/{application_id}/evidence")
    return person, application_id


def try_it(person: Visitor, application_id: str, answers: dict[str, str], way: str = "claim") -> str:
    """Answer the questions of one way; return what the page says."""
    person.open(f"/register/status/{application_id}/evidence/{way}")
    for label, value in answers.items():
        person.fill(label, value)
    person.press(f"Check this {way}")
    return person.text


def verified(house: House, application_id: str) -> list[str]:
    """The ways by which the application is proved."""
    with house.context.reading() as session:
        return [each.way for each in service.verified_of(session, [application_id]).get(application_id, ())]


def test_a_right_claim_proves_the_organization(house: House) -> None:
    """F5: number, date and amount of one claim, written as people write them; it is audited and shown."""
    learn(house)
    person, application_id = applicant(house)
    assert "A claim of the last 120 days" in person.text
    assert "Your organization is proved" in try_it(person, application_id, CLAIM)
    assert "By a recent claim" in person.text
    assert verified(house, application_id) == ["claim"]
    assert house.audited().count("evidence.verified") == 1


def test_a_payment_proves_it_too(house: House) -> None:
    """F5: trace number and amount; its date is not asked for."""
    learn(house)
    person, application_id = applicant(house)
    told = try_it(person, application_id, {"Trace number": "8810004", "Amount paid": "993.07"}, "payment")
    assert "By a payment" in told
    assert verified(house, application_id) == ["payment"]


@pytest.mark.parametrize(
    "change",
    [{"Claim number": "CLM47110816"}, {"Date of service": "11/6/2026"}, {"Amount billed": "1,250.01"}],
    ids=["number", "date", "amount"],
)
def test_two_right_parts_of_three_are_wrong(house: House, change: dict[str, str]) -> None:
    """All three parts of one claim; which one differs is not told, what was typed stays."""
    learn(house)
    person, application_id = applicant(house)
    told = try_it(person, application_id, {**CLAIM, **change})
    assert NO_MATCH in told
    assert "You have 4 tries left" in told
    assert person.answer.status_code == 422
    assert (change.get("Claim number") or CLAIM["Claim number"]) in person.answer.text
    assert verified(house, application_id) == []


def test_a_payment_is_no_claim_and_another_office_s_claim_is_not_ours(house: House) -> None:
    """A fact counts for its own TIN and in its own form."""
    learn(house, FACTS.replace("12-3456789,claim", "98-7654321,claim"))
    person, application_id = applicant(house)
    assert NO_MATCH in try_it(person, application_id, CLAIM)
    assert NO_MATCH in try_it(person, application_id, {"Trace number": "CLM47110815", "Amount paid": "1250"}, "payment")


def test_a_claim_of_more_than_120_days_ago_does_not_count(house: House) -> None:
    """The form says so before anything is tried; a fact that was recent when it came in does not count for ever."""
    learn(house)
    person, application_id = applicant(house)
    told = try_it(person, application_id, {**CLAIM, "Date of service": "7/24/2026"})
    assert "This claim is too old" in told
    assert "You have 5 tries left" in told
    house.wait(timedelta(days=108))  # the 121st day after the payment
    person.open("/register")
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    told = try_it(person, application_id, {"Trace number": "8810004", "Amount paid": "993.07"}, "payment")
    assert NO_MATCH in told


def test_what_cannot_be_read_is_no_try(house: House) -> None:
    """A slip is told field by field and costs nothing."""
    person, application_id = applicant(house)
    told = try_it(person, application_id, {"Claim number": "", "Date of service": "5 Nov", "Amount billed": "much"})
    for sentence in ("Enter the claim number", "Enter a date such as", "Enter an amount in dollars"):
        assert sentence in told
    assert "12/1/2026" not in told
    assert "in the future" in try_it(person, application_id, {**CLAIM, "Date of service": "12/1/2026"})
    assert "You have 5 tries left" in person.text


def test_five_wrong_tries_stop_the_applicant(house: House) -> None:
    """F5, threat 40: after the fifth not even the right claim helps, at any of the applicant's applications."""
    learn(house)
    person, application_id = applicant(house)
    for _ in range(5):
        try_it(person, application_id, WRONG)
        house.wait(timedelta(hours=25))
        house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    person.open(f"/register/status/{application_id}/evidence/claim")
    assert "You have no tries left" in person.text
    assert "Check this claim" not in person.text
    answer = person.post(person.address, {"number": "CLM47110815", "day": "11/5/2026", "amount": "1250"})
    assert answer.status_code == 422
    assert verified(house, application_id) == []


def test_a_tin_rests_whoever_tries(house: House) -> None:
    """F5, threat 27: wrong tries of one account slow the TIN down for another, longer each time."""
    learn(house)
    first, first_id = applicant(house, 43)
    for _ in range(4):
        try_it(first, first_id, WRONG)
    second, second_id = applicant(house, 44)
    assert "This TIN cannot be tried right now" in second.text
    assert "This TIN was tried several times" in try_it(second, second_id, CLAIM)
    assert second.answer.status_code == 429
    assert verified(house, second_id) == []
    house.wait(timedelta(minutes=1))
    assert NO_MATCH in try_it(second, second_id, WRONG)  # its own first try that counts
    assert "You have 4 tries left" not in second.text  # the longer wait stands in its place
    house.wait(timedelta(minutes=4))
    assert "This TIN was tried several times" in try_it(second, second_id, CLAIM)
    house.wait(timedelta(minutes=1))
    assert "Your organization is proved" in try_it(second, second_id, CLAIM)


def test_a_right_answer_costs_no_try_and_gives_none_back(house: House) -> None:
    """Who knows one claim of an own office does not buy tries at another with it."""
    learn(house)
    person, application_id = applicant(house)
    try_it(person, application_id, WRONG)
    try_it(person, application_id, CLAIM)
    assert [row.wrong for row in house.rows("SELECT wrong FROM evidence_tries")] == [1, 1]


@pytest.mark.parametrize(("tin", "known"), [("98-7654321", True), ("98-7654322", True), ("98-7654323", False)])
def test_the_answer_is_the_same_for_every_tin(house: House, tin: str, known: bool) -> None:
    """M19: Threat 26: managed, unmanaged and unknown TINs get the page and the same words; only the desk knows more."""
    house.directory(
        Row("987654321", "Managed", "(202) 555-0101", True, True, organization_id="org_m"),
        Row("987654322", "Unmanaged", "(202) 555-0102", True, True),
    )
    news = {"organization_id": "org_m", "managers": ["a"], "count": 1}
    house.hear("access-manager", "manager.changed", "org_m", 2, **news)
    learn(house, FACTS.replace("12-3456789,claim", "98-7654321,claim")) if known else None
    person, application_id = applicant(house, tin=tin)
    assert "What can you look up in your office?" in person.text
    told = try_it(person, application_id, {**CLAIM, "Amount billed": "7"})
    (number,) = (row.number for row in house.rows("SELECT number FROM applications"))
    own = f" Harbor Family Practice •••••{tin[-4:]} · {number}"  # what they typed themselves
    assert told.count(own) == 1
    assert told.replace(own, " ") == (
        "Back to the ways to prove it There is a problem We cannot confirm this with what we have on file. Check every "
        "part: we do not say which one differs. Prove it by a claim Take any claim your organization sent us. All "
        "three answers must be those of the same claim. You have 4 tries left, for all your applications together. "
        "Claim number On the remittance advice or in the claim’s status Date of service In the last 120 days, for "
        "example 11/5/2026 Amount billed The whole claim in dollars, for example 1,250.00 Check this claim"
    )
    assert person.answer.status_code == 422


def test_a_wrong_try_costs_the_same_for_every_tin(house: House) -> None:
    """M19: Threat 26, time: unknown TIN, no facts, wrong claim, old fact: the very same statements, one for one."""
    house.directory(Row("987654322", "Unmanaged", "(202) 555-0102", True, True))
    learn(house, FACTS.replace("12-3456789,claim", "98-7654321,claim"))
    asked: list[list[str]] = [[]]

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked[-1].append(statement)

    visits = [applicant(house, 43 + n, f"98-765432{n}") for n in (1, 2, 3)]
    event.listen(house.context.database.engine, "before_cursor_execute", note)
    for person, application_id in visits:
        house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
        person.open(f"/register/status/{application_id}/evidence/claim")
        for label, value in WRONG.items():
            person.fill(label, value)
        asked.append([])
        person.press("Check this claim")
        asked.append([])
        assert NO_MATCH in person.text
    assert asked[1] == asked[3] == asked[5] != []


def test_an_application_of_somebody_else_is_not_there(house: House) -> None:
    """Threat 35: neither page nor form of another account's application."""
    _person, application_id = applicant(house, 43)
    other, _own = applicant(house, 44)
    for path in ("", "/claim", "/payment", "/letter"):
        other.open(f"/register/status/{application_id}/evidence{path}")
        assert other.answer.status_code == 404
    other.open("/register/status/app_nothing/evidence")
    assert other.answer.status_code == 404


def test_nothing_is_proved_where_nothing_is_decided(house: House) -> None:
    """Without a TIN, or once the application is withdrawn, the pages lead back to the application."""
    person, application_id = applicant(house, tin=None)
    assert person.address.endswith("/register/status")
    person, application_id = applicant(house, 44)
    person.open(f"/register/status/{application_id}/withdraw")
    person.press("Withdraw")
    for path in ("", "/claim", "/letter"):
        person.open(f"/register/status/{application_id}/evidence{path}")
        assert person.address.endswith("/register/status")


def test_what_is_proved_is_not_asked_again(house: House) -> None:
    """Every page of evidence leads to the one that says so."""
    learn(house)
    person, application_id = applicant(house)
    try_it(person, application_id, CLAIM)
    person.open(f"/register/status/{application_id}/evidence/payment")
    assert "Your organization is proved" in person.text


def test_nothing_of_a_claim_is_kept_or_told(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """N4, M18, threat 43: no number, amount or TIN in table, event, audit, log or address."""
    learn(house)
    person, application_id = applicant(house)
    try_it(person, application_id, WRONG)
    try_it(person, application_id, CLAIM)
    tables = [row.name for row in house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    dump = "\n".join(str(tuple(row)) for name in tables for row in house.rows(f"SELECT * FROM {name}"))
    log = capsys.readouterr()
    everything = "\n".join([dump, "\n".join(person.visited), log.out, log.err]).upper()
    for told in ("4711", "1250", "1,250", "125000", "993.07", "8810004", "123456789", TIN):
        assert told not in everything, told


def test_old_facts_and_resting_counters_go(house: House) -> None:
    """Retention: a fact for 120 days, a counter for 90 after the last try."""
    learn(house)
    person, application_id = applicant(house)
    try_it(person, application_id, WRONG)
    job = next(each for each in housekeeping.JOBS if each.name == "evidence-housekeeping")
    assert job.run(house.context) == 0
    house.wait(timedelta(days=91))
    assert job.run(house.context) == 2
    house.wait(timedelta(days=30))
    assert job.run(house.context) == 2
    assert house.rows("SELECT * FROM evidence_facts") == house.rows("SELECT * FROM evidence_tries") == []


def test_the_pages_speak_spanish(house: House) -> None:
    """Two languages for the whole way."""
    _person, application_id = applicant(house)
    spanish = house.visitor("es")
    spanish.open(f"/register/status/{application_id}/evidence/claim")
    assert "Número de la reclamación" in spanish.text
    spanish.press("Comprobar esta reclamación")
    assert "Escriba el importe facturado" in spanish.text
