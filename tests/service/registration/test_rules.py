"""The pure rules: numbers, steps, states, codes, routes, cases."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.applications import flow, states
from registration.applications.flow import Progress, Step
from registration.applications.states import Act, NotAllowed, State
from registration.contacts import addresses, codes
from registration.contacts.addresses import AddressError, AddressFault
from registration.contacts.codes import CodeFault, Round, SendNow, Wait
from registration.directory import numbers
from registration.directory.numbers import Fault, NumberFault
from registration.submission.routing import DirectoryFacts, OrganizationFacts, Refusal, Route, route
from registration.vetting.cases import CallFacts, CallFault, CallOutcome, Evidence, confirmed, fault_of

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
GOOD_NPI = "1234567893"  # the example of the NPI standard


@pytest.mark.parametrize("typed", ["123456789", "12-3456789", "123-45-6789", " 12 345 6789 ", "12‑3456789"])
def test_a_tin_is_nine_digits_however_it_is_typed(typed: str) -> None:
    """Spaces and every kind of hyphen are taken off."""
    assert numbers.tin(typed) == "123456789"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.EMPTY),
        ("  ", Fault.EMPTY),
        ("12345678", Fault.LENGTH),
        ("12345678a", Fault.CHARACTERS),
        ("١٢٣٤٥٦٧٨٩", Fault.CHARACTERS),
        ("000000000", Fault.UNASSIGNED),
        ("123456789\x00", Fault.CHARACTERS),
    ],
)
def test_each_wrong_tin_has_its_own_message(typed: str, fault: Fault) -> None:
    """The fault is named, and the number is not in the error."""
    with pytest.raises(NumberFault) as refused:
        numbers.tin(typed)
    assert refused.value.fault is fault
    assert str(refused.value) == fault.value


def test_an_npi_carries_its_check_digit() -> None:
    """Luhn over 80840 and the number, as 45 CFR 162.406 has it; the first digit is 1 or 2."""
    assert numbers.npi("123 456 7893") == GOOD_NPI
    for wrong, fault in (("1234567890", Fault.CHECK_DIGIT), ("3234567893", Fault.UNASSIGNED), ("12345", Fault.LENGTH)):
        with pytest.raises(NumberFault) as refused:
            numbers.npi(wrong)
        assert refused.value.fault is fault


@given(st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_in_an_npi_is_always_found(place: int, slip: int) -> None:
    """Luhn finds every single slip."""
    digits = list(GOOD_NPI)
    digits[place] = str((int(digits[place]) + slip) % 10)
    with pytest.raises(NumberFault):
        numbers.npi("".join(digits))


@pytest.mark.parametrize("typed", ["202 555 0143", "(202) 555-0143", "+1 202-555-0143", "2025550143"])
def test_a_mobile_is_read_however_it_is_typed(typed: str) -> None:
    """What is kept for sending is E.164."""
    assert addresses.mobile(typed) == "+12025550143"


@pytest.mark.parametrize("typed", ["", "555", "555-0143", "call me", "202 555 0143 ext 5", "800 555 0100"])
def test_what_takes_no_text_message_is_refused(typed: str) -> None:
    """Extensions, toll-free numbers and those without an area code cannot be proved by a text message."""
    with pytest.raises(AddressError):
        addresses.mobile(typed)


@pytest.mark.parametrize("typed", ["casey", "casey@", "a b@practice.example", "c@x\r\nBcc: all@x.example"])
def test_what_takes_no_mail_is_refused(typed: str) -> None:
    """A header cannot be smuggled in either."""
    with pytest.raises(AddressError) as refused:
        addresses.email(typed)
    assert refused.value.fault is AddressFault.FORMAT


@given(st.builds(Progress, *[st.booleans()] * 6))
def test_the_next_question_may_always_be_opened_and_nothing_behind_a_gap(progress: Progress) -> None:
    """Whatever is answered, there is exactly one next question, and none beyond it opens but the other code (M24)."""
    following = flow.next_step(progress)
    assert flow.may_open(progress, following)
    order = list(Step)
    beyond = [step for step in order[order.index(following) + 1 :] if flow.may_open(progress, step)]
    assert beyond in ([], [Step.MOBILE_CODE])
    assert not beyond or following is Step.EMAIL_CODE


@given(st.builds(Progress, *[st.booleans()] * 6))
def test_a_proved_contact_never_opens_again(progress: Progress) -> None:
    """Neither code page opens once its contact is proved, nor before there is a contact."""
    for step, proved in ((Step.EMAIL_CODE, progress.email_proved), (Step.MOBILE_CODE, progress.mobile_proved)):
        if proved or not progress.contact:
            assert not flow.may_open(progress, step)


@given(st.lists(st.sampled_from(list(Act)), max_size=30))
def test_no_order_of_acts_leaves_a_final_state(acts: list[Act]) -> None:
    """Random acts, legal and illegal: a state is only ever left along the drawn ways, final states never."""
    state = State.DRAFT
    for act in acts:
        before = state
        try:
            state = states.after(state, act)
        except NotAllowed:
            assert before not in states.sources(act)
            continue
        assert before not in states.FINAL
        assert state is states.target(act)


def test_nothing_is_decided_before_it_is_submitted() -> None:
    """No way leads from a draft to a decision but through submission."""
    for act in (Act.APPROVE, Act.DENY, Act.ASK_MANAGERS, Act.VET, Act.WITHDRAW):
        assert not states.sources(act) & states.DRAFTING


def test_codes_are_resent_after_a_pause_and_the_round_is_spent_in_the_end() -> None:
    """A pause between sends, a limit to a round, then a rest longer than any code lives."""
    assert codes.may_send(None, NOW) == SendNow(fresh=True)
    just_sent = Round(tries=0, sends=1, last_sent_at=NOW)
    assert codes.may_send(just_sent, NOW) == Wait(NOW + codes.RESEND_PAUSE)
    assert codes.may_send(just_sent, NOW + codes.RESEND_PAUSE) == SendNow(fresh=False)
    for spent in (Round(codes.MAX_TRIES, 1, NOW), Round(0, codes.MAX_SENDS, NOW)):
        assert codes.may_send(spent, NOW + codes.RESEND_PAUSE) == Wait(NOW + codes.COOL_OFF)
        assert codes.may_send(spent, NOW + codes.COOL_OFF) == SendNow(fresh=True)
    assert codes.COOL_OFF > codes.CODE_LIFE <= timedelta(minutes=10)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" 123 456 ", "123456"),
        ("123-456", "123456"),
        ("", CodeFault.EMPTY),
        ("12345", CodeFault.LENGTH),
        ("1234567", CodeFault.LENGTH),
        ("12a456", CodeFault.LENGTH),
        ("１２３４５６", CodeFault.LENGTH),
    ],
)
def test_a_code_is_six_digits(typed: str, read: str | CodeFault) -> None:
    """Spaces and hyphens are taken off; anything else is named."""
    assert codes.typed_code(typed) == read


MANAGED, UNMANAGED = OrganizationFacts("org_1", 2), OrganizationFacts("org_1", 0)
CONTRACTED, CLAIM, STRANGER = DirectoryFacts(True, False), DirectoryFacts(False, True), DirectoryFacts(False, False)


@pytest.mark.parametrize(
    ("has_tin", "entry", "organization", "expected"),
    [
        (True, CONTRACTED, MANAGED, Route.MANAGERS),
        (True, CLAIM, MANAGED, Route.MANAGERS),
        (True, None, MANAGED, Route.MANAGERS),
        (True, CONTRACTED, UNMANAGED, Route.VETTING),
        (True, CONTRACTED, None, Route.VETTING),
        (True, CLAIM, None, Route.VETTING),
        (True, None, None, Route.VETTING),
        (False, None, None, Route.VETTING),
        (True, STRANGER, None, Route.REFUSED),
        (True, STRANGER, MANAGED, Route.REFUSED),
    ],
)
def test_who_decides(
    has_tin: bool, entry: DirectoryFacts | None, organization: OrganizationFacts | None, expected: Route
) -> None:
    """The table of domain.md §2, line by line."""
    decided = route(has_tin=has_tin, entry=entry, organization=organization)
    assert decided.route is expected
    assert (decided.ground is Refusal.NO_CLAIM) == (expected is Route.REFUSED)


def test_only_a_real_confirmation_lets_the_desk_seat() -> None:
    """A confirmed call names somebody and says that the office knows the applicant and agrees."""
    enough = frozenset({Evidence.KNOWS_APPLICANT, Evidence.AGREES_TO_MANAGER})
    good = CallFacts(CallOutcome.CONFIRMED, "Pat Owner", enough)
    assert fault_of(good) is None
    assert confirmed([CallFacts(CallOutcome.NO_ANSWER, "", frozenset()), good])
    assert fault_of(CallFacts(CallOutcome.CONFIRMED, "", enough)) is CallFault.NOBODY_NAMED
    assert fault_of(CallFacts(CallOutcome.CONFIRMED, "Pat", frozenset())) is CallFault.NO_EVIDENCE
    assert not confirmed([])
    assert not confirmed([CallFacts(outcome, "Pat", enough) for outcome in CallOutcome if outcome != "confirmed"])
