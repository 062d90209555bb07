"""The decision: every reason in its place, and the promises that hold whatever the facts are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_manager.decisions.decide import EXPLANATIONS, Answer, Facts, Holding, Reason, decide
from access_manager.functions.catalogue import FUNCTIONS
from access_manager.hours.openness import Openness
from shared.auth import ACR_PASSWORD, ACR_PHISHING_RESISTANT, ACR_TWO_FACTORS

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN = Openness(True, until=NOW + 8 * HOUR)
HOLDING = Holding("active", ("precert.submit", "demographics.update", "clinical.view"), None, contracted=True)
RESTRICTED, SENSITIVE = {"demographics.update"}, {"clinical.view"}
ALL_WELL = Facts(
    True,
    "active",
    None,
    "provider",
    False,
    HOLDING,
    RESTRICTED,
    SENSITIVE,
    OPEN,
    terms_due_at=None,
    acr=ACR_TWO_FACTORS,
    session_ends_at=None,
)
CLOSED = Openness(False, "function_closed", NOW + HOUR)


def facts(**changes: Any) -> Facts:
    """Return facts that permit, but for the changes; `holding__x` changes the holding."""
    inner = {name.removeprefix("holding__"): value for name, value in changes.items() if name.startswith("holding__")}
    outer = {name: value for name, value in changes.items() if not name.startswith("holding__")}
    return replace(ALL_WELL, **({"holding": replace(HOLDING, **inner)} if inner else {}), **outer)


CASES: list[tuple[Reason, Facts, str]] = [
    (Reason.GRANTED, facts(), "precert.submit"),
    (Reason.ORGANIZATION_NOT_SELECTED, facts(organization_chosen=False), "precert.submit"),
    (Reason.ACCOUNT_LOCKED, facts(account_status="locked"), "precert.submit"),
    (Reason.GRANTED, facts(account_status="locked", locked_until=NOW + HOUR), "precert.submit"),
    (Reason.ACCOUNT_CLOSED, facts(account_status="closed"), "precert.submit"),
    (Reason.WRONG_POPULATION, facts(population="member"), "precert.submit"),
    (Reason.REGISTRATION_PENDING, facts(account_status="pending", holding=None), "precert.submit"),
    (Reason.REGISTRATION_PENDING, facts(waiting=True, holding=None), "precert.submit"),
    (Reason.GRANTED, facts(account_status="pending"), "precert.submit"),
    (Reason.NO_MEMBERSHIP, facts(holding=None), "precert.submit"),
    (Reason.NO_MEMBERSHIP, facts(holding=None, account_status=None, population=None), "precert.submit"),
    (Reason.NO_MEMBERSHIP, facts(holding__status="removed"), "precert.submit"),
    (Reason.NO_MEMBERSHIP, facts(holding__status="removed", account_status="pending"), "precert.submit"),
    (Reason.MEMBERSHIP_SUSPENDED, facts(holding__status="suspended"), "precert.submit"),
    (Reason.CONTRACTED_ONLY, facts(holding__contracted=False), "demographics.update"),
    (Reason.FUNCTION_NOT_GRANTED, facts(), "payment.manage"),
    (Reason.FUNCTION_NOT_GRANTED, facts(), "no.such.function"),
    (Reason.GRANT_EXPIRED, facts(holding__ends_at=NOW), "precert.submit"),
    (Reason.TERMS_NOT_ACCEPTED, facts(terms_due_at=NOW), "precert.submit"),
    (Reason.TERMS_NOT_ACCEPTED, facts(terms_due_at=NOW - HOUR, openness=CLOSED), "precert.submit"),
    (Reason.FUNCTION_NOT_GRANTED, facts(terms_due_at=NOW), "payment.manage"),
    (Reason.GRANT_EXPIRED, facts(terms_due_at=NOW, holding__ends_at=NOW), "precert.submit"),
    (Reason.GRANTED, facts(terms_due_at=NOW + HOUR), "precert.submit"),
    (Reason.FUNCTION_CLOSED, facts(openness=CLOSED), "precert.submit"),
    (Reason.MAINTENANCE, facts(openness=Openness(False, "maintenance", NOW + HOUR)), "precert.submit"),
    (Reason.HOURS_UNKNOWN, facts(openness=None), "precert.submit"),
    (Reason.GRANTED, facts(), "clinical.view"),
    (Reason.GRANTED, facts(acr=ACR_PHISHING_RESISTANT), "clinical.view"),
    (Reason.GRANTED, facts(acr=""), "precert.submit"),
    (Reason.STEP_UP_REQUIRED, facts(acr=""), "clinical.view"),
    (Reason.STEP_UP_REQUIRED, facts(acr=ACR_PASSWORD), "clinical.view"),
    (Reason.STEP_UP_REQUIRED, facts(acr="urn:of:somebody:else"), "clinical.view"),
    (Reason.FUNCTION_CLOSED, facts(acr="", openness=CLOSED), "clinical.view"),
    (Reason.TERMS_NOT_ACCEPTED, facts(acr="", terms_due_at=NOW), "clinical.view"),
]


@pytest.mark.parametrize(("reason", "known", "function"), CASES)
def test_each_reason_is_reached(reason: Reason, known: Facts, function: str) -> None:
    """Only the first thing that stands in the way is named, and only a permit permits."""
    answer = decide(known, function, NOW)
    assert answer.reason is reason
    assert answer.permitted is (reason is Reason.GRANTED)


def test_every_reason_of_the_table_is_tried() -> None:
    """No reason code is left without a case above."""
    assert {reason for reason, _, _ in CASES} == set(Reason)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_denial_says_why_and_who_can_mend_it(reason: Reason) -> None:
    """A sentence for people, and a role, never a name."""
    sentence, who = EXPLANATIONS[reason]
    assert sentence.endswith(".")
    assert (who is None) is (reason is Reason.GRANTED)


def test_a_permit_ends_with_the_window_or_the_grant_whichever_is_first() -> None:
    """`valid_until` is the earliest instant at which time alone changes the answer."""
    assert decide(facts(), "precert.submit", NOW).valid_until == OPEN.until
    early = facts(holding__ends_at=NOW + HOUR)
    assert decide(early, "precert.submit", NOW).valid_until == NOW + HOUR


def test_a_permit_ends_when_new_terms_begin_to_count() -> None:
    """M14: the day of the next version is known beforehand; the day itself denies (half-open)."""
    known = facts(terms_due_at=NOW + HOUR)
    assert decide(known, "precert.submit", NOW).valid_until == NOW + HOUR
    assert decide(known, "precert.submit", NOW + HOUR).reason is Reason.TERMS_NOT_ACCEPTED


def test_a_permit_ends_with_the_sign_in_that_the_asker_states() -> None:
    """M14: the earliest of all ends; a sign-in that is over permits nothing (half-open), and a new one mends it."""
    known = facts(session_ends_at=NOW + HOUR)
    assert decide(known, "precert.submit", NOW).valid_until == NOW + HOUR
    sooner = facts(session_ends_at=NOW + HOUR, holding__ends_at=NOW + HOUR / 2)
    assert decide(sooner, "precert.submit", NOW).valid_until == NOW + HOUR / 2
    assert decide(known, "precert.submit", NOW + HOUR - timedelta(seconds=1)).permitted
    assert decide(known, "precert.submit", NOW + HOUR).reason is Reason.STEP_UP_REQUIRED


def test_denials_that_the_person_mends_say_when_time_changes_them() -> None:
    """A window that ends, a grant that ends: then another reason stands in the way."""
    assert decide(facts(acr=""), "clinical.view", NOW).valid_until == OPEN.until
    ending = facts(terms_due_at=NOW, holding__ends_at=NOW + HOUR)
    assert decide(ending, "precert.submit", NOW).valid_until == NOW + HOUR


def test_only_a_sign_in_that_would_help_is_asked_for() -> None:
    """RFC 9470: `acr_values` stands where a stronger sign-in mends the denial, and nowhere else."""
    for _, known, function in CASES:
        answer = decide(known, function, NOW)
        assert (answer.acr_values == ACR_TWO_FACTORS) is (answer.reason is Reason.STEP_UP_REQUIRED)


def test_an_end_is_exact_to_the_instant() -> None:
    """One microsecond before the end permits, the end itself does not (half-open)."""
    known = facts(holding__ends_at=NOW)
    assert decide(known, "precert.submit", NOW - timedelta(microseconds=1)).permitted
    assert not decide(known, "precert.submit", NOW).permitted


def test_a_closed_function_says_when_it_opens() -> None:
    """Closed is not forbidden: the next opening is named."""
    closed = Openness(False, "function_closed", NOW + HOUR, NOW + HOUR)
    answer = decide(facts(openness=closed), "precert.submit", NOW)
    assert answer == Answer(False, Reason.FUNCTION_CLOSED, NOW + HOUR, NOW + HOUR)


instants = st.integers(0, 1_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes - 500_000))
ids = st.sampled_from([function.id for function in FUNCTIONS])
openness = st.builds(Openness, st.booleans(), st.sampled_from([None, "maintenance"]), instants | st.none())
holdings = st.builds(
    Holding,
    st.sampled_from(["active", "suspended", "removed"]),
    st.frozensets(ids),
    instants | st.none(),
    st.booleans(),
)
any_facts = st.builds(
    Facts,
    st.booleans(),
    st.sampled_from([None, "pending", "active", "locked", "closed"]),
    instants | st.none(),
    st.sampled_from([None, "provider", "member", "staff"]),
    st.booleans(),
    holdings | st.none(),
    st.just(frozenset(function.id for function in FUNCTIONS if function.contracted_only)),
    st.just(frozenset(function.id for function in FUNCTIONS if function.sensitive)),
    openness | st.none(),
    instants | st.none(),
    st.sampled_from(["", ACR_PASSWORD, ACR_TWO_FACTORS, ACR_PHISHING_RESISTANT, "unknown"]),
    instants | st.none(),
)


@given(any_facts, ids, instants)
def test_nothing_is_permitted_beyond_what_is_held(known: Facts, function: str, now: datetime) -> None:
    """A permit means: active, granted, not ended, allowed to the organization, agreed to, open, and proved enough."""
    answer = decide(known, function, now)
    if answer.permitted:
        assert known.holding is not None and known.openness is not None
        held = known.holding
        assert held.status == "active" and function in held.functions and known.openness.open
        assert held.ends_at is None or now < held.ends_at
        assert held.contracted or function not in known.restricted
        assert known.population in (None, "provider") and known.account_status != "closed"
        assert known.terms_due_at is None or now < known.terms_due_at
        assert function not in known.sensitive or known.acr in (ACR_TWO_FACTORS, ACR_PHISHING_RESISTANT)
        assert known.session_ends_at is None or now < known.session_ends_at


@given(any_facts, ids, instants)
def test_a_permit_stays_true_until_the_instant_it_names(known: Facts, function: str, now: datetime) -> None:
    """Whoever keeps a permit until `valid_until` is never wrong, unless somebody changes a fact."""
    answer = decide(known, function, now)
    if answer.permitted and answer.valid_until is not None and answer.valid_until > now:
        assert decide(known, function, answer.valid_until - timedelta(microseconds=1)).permitted
