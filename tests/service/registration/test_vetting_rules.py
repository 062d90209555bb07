"""The pure rules of the desk: when to call again, what to be warned of, when it takes two."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.vetting import alerts, business_days, cases
from registration.vetting.alerts import Alert, AlertKind, Facts, alerts_of, looks_like
from registration.vetting.cases import Attempt, CallFacts, CallOutcome, Evidence, Ground, NextCall, Why, next_call

EASTERN = ZoneInfo("America/New_York")
OUTCOMES = st.sampled_from(list(CallOutcome))
INSTANTS = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def eastern(text: str) -> datetime:
    """A local instant, as a calendar on the desk's wall shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("outcome", "called", "following"),
    [
        (CallOutcome.NO_ANSWER, "2026-11-23T09:00", "2026-11-23T12:00"),  # a Monday morning: the same day
        (CallOutcome.NO_ANSWER, "2026-11-23T14:00", "2026-11-23T17:00"),  # until the close of business, included
        (CallOutcome.NO_ANSWER, "2026-11-23T14:01", "2026-11-24T10:00"),
        (CallOutcome.NO_ANSWER, "2026-11-25T16:00", "2026-11-27T10:00"),  # over Thanksgiving
        (CallOutcome.NO_ANSWER, "2026-11-27T15:30", "2026-11-30T10:00"),  # over a weekend
        (CallOutcome.NO_ANSWER, "2026-12-24T15:00", "2026-12-28T10:00"),  # over Christmas and the weekend behind it
        (CallOutcome.NO_ANSWER, "2026-11-23T06:00", "2026-11-24T10:00"),  # called before the desk opened
        (CallOutcome.NO_ANSWER, "2026-11-28T10:00", "2026-11-30T10:00"),  # called on a Saturday
        (CallOutcome.VOICEMAIL, "2026-11-23T09:00", "2026-11-24T10:00"),  # give them a day to call back
        (CallOutcome.WRONG_NUMBER, "2026-11-23T09:00", "2026-11-24T10:00"),
        (CallOutcome.VOICEMAIL, "2026-10-30T09:00", "2026-11-02T10:00"),  # 10 o'clock stays 10 when clocks go back
        (CallOutcome.VOICEMAIL, "2027-03-12T09:00", "2027-03-15T10:00"),  # and when they go forward
    ],
)
def test_the_next_call_plans_itself(outcome: CallOutcome, called: str, following: str) -> None:
    """M12: three hours later while the desk works, else ten o'clock of the next business day, eastern."""
    assert next_call([Attempt(outcome, eastern(called))]) == NextCall(eastern(following).astimezone(UTC))


@pytest.mark.parametrize("outcome", [CallOutcome.CONFIRMED, CallOutcome.NOT_KNOWN, CallOutcome.REFUSED])
def test_an_office_that_was_reached_is_not_called_again(outcome: CallOutcome) -> None:
    """There is something to decide now, however often nobody answered before."""
    before = [Attempt(CallOutcome.NO_ANSWER, eastern("2026-11-23T09:00"))] * 7
    assert next_call([*before, Attempt(outcome, eastern("2026-11-23T15:00"))]) is None


def test_five_attempts_that_reached_nobody_end_in_a_letter() -> None:
    """The sixth call would not do better; the fourth still leads to a fifth."""
    attempts = [Attempt(CallOutcome.NO_ANSWER, eastern("2026-11-23T09:00"))] * 5
    assert next_call(attempts) == NextCall(None, letter=True)
    following = next_call(attempts[:4])
    assert following is not None and not following.letter


@given(st.lists(st.tuples(OUTCOMES, INSTANTS), max_size=8))
def test_a_next_call_is_later_and_when_the_desk_works(history: list[tuple[CallOutcome, datetime]]) -> None:
    """Whatever happened: never in the past, never at night, on a weekend or a federal holiday."""
    attempts = [Attempt(outcome, at) for outcome, at in sorted(history, key=lambda each: each[1])]
    following = next_call(attempts)
    if following is not None and following.at is not None:
        assert following.at > attempts[-1].at
        assert business_days.is_open(following.at)
        assert not following.letter


@given(INSTANTS)
def test_a_new_case_is_called_about_as_soon_as_the_desk_works(opened: datetime) -> None:
    """At once while it works; otherwise the first minute of the next business day, and no working hour is skipped."""
    first = cases.first_call(opened).at
    assert first is not None and first >= opened
    assert business_days.is_open(first)
    if business_days.is_open(opened):
        assert first == opened
    else:
        before = first - timedelta(minutes=1)
        assert before < opened or not business_days.is_open(before)


@pytest.mark.parametrize(
    ("domain", "real", "alike"),
    [
        ("harb0r.example", "harbor.example", True),  # a nought for an o
        ("harbour.example", "harbor.example", True),  # one letter more
        ("habor.example", "harbor.example", True),  # one letter less
        ("hrabor.example", "harbor.example", True),  # two letters swapped
        ("harbor.test", "harbor.example", True),  # the same name under another ending
        ("harbor-billing.example", "harbor.example", True),  # the name with something after it
        ("my-harbor.example", "harbor.example", True),
        ("harbor.payments.example", "harbor.example", True),
        ("hаrbor.example", "harbor.example", True),
        ("xn--hrbor-3ve.example", "harbor.example", True),  # the same as it travels
        ("hárbor.example", "harbor.example", True),
        ("harbo\u0072\u0301.example", "harbor.example", True),
        ("medicai.example", "medical.example", True),  # an i for an l
        ("srnith.example", "smith.example", True),  # r and n for an m
        ("harbor.example", "harbor.example", False),
        ("HARBOR.example.", "harbor.example", False),
        ("mail.harbor.example", "harbor.example", False),  # inside it
        ("harbor.example", "mail.harbor.example", False),
        ("valley.example", "harbor.example", False),
        ("gmail.example", "harbor.example", False),
        ("cat.example", "car.example", False),  # too short for a slip to mean anything
        ("", "harbor.example", False),
        ("harb0r.example", "", False),
    ],
)
def test_domains_made_to_be_mistaken(domain: str, real: str, alike: bool) -> None:
    """Threat 50: near the office's own domain is a warning; inside it, or far from it, is not."""
    assert looks_like(domain, real) is alike


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_compared_as_a_domain(first: str, second: str) -> None:
    """What people type is not always a domain; nothing is its own look-alike."""
    assert looks_like(first, second) in {True, False}
    assert not looks_like(first, first)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(), None),
        (Facts(tins_with_mobile=4, tins_with_office_phone=4), None),
        (Facts(tins_with_mobile=5), Alert(AlertKind.SHARED_PHONE, "5")),
        (Facts(tins_with_mobile=5, tins_with_office_phone=9), Alert(AlertKind.SHARED_PHONE, "9")),
        (
            Facts(email="a@harb0r.example", office_domain="harbor.example"),
            Alert(AlertKind.LOOK_ALIKE_DOMAIN, "harbor.example"),
        ),
        (Facts(email="a@harbor.example", office_domain="harbor.example"), None),
        (Facts(email="a@harb0r.example"), None),
        (Facts(declined=["AAAA-BBBB", "CCCC-DDDD"]), Alert(AlertKind.RECENTLY_DECLINED, "AAAA-BBBB")),
        (Facts(managers=2), Alert(AlertKind.HAS_MANAGERS, "2")),
        (Facts(npi="1234567893"), None),  # nothing is known about it: no national file was imported
        (Facts(npi="1234567893", known_npis=frozenset({"1234567893"}), npi_name="SOMEBODY ELSE"), None),
        (Facts(npi="1234567893", known_npis=frozenset({"1679576722"})), Alert(AlertKind.NPI_MISMATCH, "")),
        (Facts(npi="1234567893", names=["Casey Coordinator"], npi_name="CASEY J COORDINATOR MD"), None),
        (
            Facts(npi="1234567893", names=["Casey Coordinator"], npi_name="ROBIN MILLER"),
            Alert(AlertKind.NPI_MISMATCH, "ROBIN MILLER"),
        ),
        (
            Facts(npi="1234567893", names=["Harbor Medical Group"], npi_name="VALLEY MEDICAL GROUP LLC"),
            Alert(AlertKind.NPI_MISMATCH, "VALLEY MEDICAL GROUP LLC"),  # what everybody is called proves nothing
        ),
    ],
)
def test_each_alert_has_its_fact(facts: Facts, expected: Alert | None) -> None:
    """M12, threat 40: five TINs, a look-alike, a recent refusal, somebody else's NPI, managers who are there."""
    assert alerts_of(facts) == ((expected,) if expected else ())


def test_alerts_come_together() -> None:
    """One does not hide another, and their order is always the same."""
    facts = Facts(
        "a@harb0r.example", (), 5, 0, "harbor.example", ["AAAA-BBBB"], "1234567893", frozenset({"x"}), None, 1
    )
    assert [each.kind for each in alerts_of(facts)] == list(AlertKind)
    assert alerts.SHARED_FROM == 5


@pytest.mark.parametrize(
    ("ground", "alerted", "proved", "why"),
    [
        (Ground.FIRST_PERSON, False, True, ()),
        (Ground.NO_TIN, False, True, ()),
        (Ground.FIRST_PERSON, True, True, (Why.ALERT,)),
        (Ground.FIRST_PERSON, False, False, (Why.OVERRIDE,)),
        (Ground.MANAGERS_SILENT, False, True, (Why.MANAGERS_SILENT,)),
        (Ground.MANAGERS_SILENT, True, False, (Why.ALERT, Why.OVERRIDE, Why.MANAGERS_SILENT)),
    ],
)
def test_when_it_takes_two(ground: Ground, alerted: bool, proved: bool, why: tuple[Why, ...]) -> None:
    """Four eyes for a seat against an alert, without proof, or over the heads of managers; and for nothing else."""
    assert cases.second_needed(ground, alerted=alerted, proved=proved) == why


def test_what_an_office_said_counts_for_whom_it_was_said() -> None:
    """A confirmation of the applicant is none of somebody else, and nothing counts of a call nobody answered."""
    both = frozenset({Evidence.KNOWS_APPLICANT, Evidence.AGREES_TO_MANAGER})
    applicant = CallFacts(CallOutcome.CONFIRMED, "Pat", both)
    other = CallFacts(CallOutcome.CONFIRMED, "Pat", frozenset({Evidence.NAMED_ANOTHER}))
    assert (cases.confirmed([applicant]), cases.named_another([applicant])) == (True, False)
    assert (cases.confirmed([other]), cases.named_another([other])) == (False, True)
    assert cases.fault_of(other) is None
    for outcome in set(CallOutcome) - {CallOutcome.CONFIRMED}:
        call = CallFacts(outcome, "Pat", both | {Evidence.NAMED_ANOTHER})
        assert not cases.confirmed([call]) and not cases.named_another([call])
