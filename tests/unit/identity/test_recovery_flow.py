"""What proves enough to get an account back, and which step comes next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.recovery import letters, limits
from identity.recovery.flow import (
    CODES,
    Aim,
    Facts,
    Outcome,
    Proof,
    Starter,
    Step,
    next_step,
    satisfied,
    strong,
    ways,
    within_reach,
)
from shared.sources import network_of

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
APP, PHONE, PASSKEY, CARDS = "authenticator_app", "sms", "passkey", "recovery_codes"
BOTH_ADDRESSES = frozenset({Proof.EMAIL, Proof.SMS})
FORGOTTEN = Facts(Aim.PASSWORD, proofs=frozenset({Proof.EMAIL}), reachable=BOTH_ADDRESSES, population="provider")
APP_BOUND = {"bound": frozenset({APP}), "usable": frozenset({APP})}
LOST = replace(FORGOTTEN, aim=Aim.FACTOR, proofs=frozenset({Proof.PASSWORD}), **APP_BOUND)

some_facts = st.builds(
    Facts,
    aim=st.sampled_from(Aim),
    starter=st.sampled_from(Starter),
    proofs=st.frozensets(st.sampled_from(Proof)),
    bound=st.frozensets(st.sampled_from([APP, PHONE, PASSKEY, CARDS, "email"])),
    usable=st.frozensets(st.sampled_from([APP, PHONE, PASSKEY, CARDS, "email"])),
    reachable=st.frozensets(st.sampled_from([Proof.EMAIL, Proof.SMS])),
    population=st.sampled_from(["provider", "member", "employer", "staff"]),
    awaiting=st.booleans(),
    outcome=st.sampled_from([None, *Outcome]),
)


def having(facts: Facts, *kinds: str) -> Facts:
    """The same recovery of an account with these ways of signing in and no other, all of them working."""
    return replace(facts, bound=frozenset(kinds), usable=frozenset(kinds))


def proving(facts: Facts, *proofs: Proof) -> Facts:
    """The same recovery with these proofs and no other."""
    return replace(facts, proofs=frozenset(proofs))


def test_nothing_is_known_of_a_name_that_nobody_has_but_that_a_code_is_awaited() -> None:
    """The unknown name stands where the known one stands (threat 26)."""
    assert next_step(Facts(Aim.PASSWORD, awaiting=True)) is Step.CODE


@pytest.mark.parametrize(
    ("bound", "proofs", "step"),
    [
        ((), (Proof.EMAIL,), Step.NEW_PASSWORD),
        ((), (Proof.SMS,), Step.NEW_PASSWORD),
        (("email",), (Proof.EMAIL,), Step.NEW_PASSWORD),  # an e-mail code is no second factor
        ((APP,), (Proof.EMAIL,), Step.PROVE),
        ((APP,), (Proof.EMAIL, Proof.SMS), Step.PROVE),  # two codes do not stand in for a bound app
        ((APP,), (Proof.EMAIL, Proof.FACTOR), Step.NEW_PASSWORD),
        ((APP,), (Proof.FACTOR,), Step.PROVE),  # a factor without any code
        ((PASSKEY,), (Proof.EMAIL,), Step.PROVE),
        ((PHONE,), (Proof.EMAIL,), Step.PROVE),
        ((PHONE,), (Proof.SMS,), Step.PROVE),  # the same phone twice is one way
        ((PHONE,), (Proof.SMS, Proof.EMAIL), Step.NEW_PASSWORD),
        ((PHONE, APP), (Proof.SMS, Proof.EMAIL), Step.NEW_PASSWORD),
    ],
)
def test_a_new_password_never_stands_in_for_a_factor(
    bound: tuple[str, ...], proofs: tuple[Proof, ...], step: Step
) -> None:
    """Where the account has a second factor, a code alone changes nothing (ASVS 6.4.3, SP 800-63B-4 §4.2.2.2)."""
    assert next_step(having(proving(FORGOTTEN, *proofs), *bound)) is step


@pytest.mark.parametrize(
    ("proofs", "step"),
    [
        ((Proof.PASSWORD,), Step.PROVE),
        ((Proof.PASSWORD, Proof.EMAIL), Step.PROVE),
        ((Proof.PASSWORD, Proof.FACTOR), Step.PROVE),
        ((Proof.PASSWORD, Proof.EMAIL, Proof.SMS), Step.REMOVE),
        ((Proof.PASSWORD, Proof.EMAIL, Proof.FACTOR), Step.REMOVE),
        ((Proof.PASSWORD, Proof.SMS, Proof.FACTOR), Step.REMOVE),
    ],
)
def test_a_lost_factor_needs_the_password_and_two_other_ways(proofs: tuple[Proof, ...], step: Step) -> None:
    """Two codes by different methods, or one code and a bound factor (ASVS 6.4.4, SP 800-63B-4 §4.2.2.2)."""
    assert next_step(proving(LOST, *proofs)) is step


def test_without_the_password_no_proof_removes_a_factor() -> None:
    """Whoever holds mailbox and phone but not the password changes nothing."""
    assert not satisfied(proving(LOST, Proof.EMAIL, Proof.SMS, Proof.FACTOR))


def test_who_cannot_reach_enough_is_led_to_the_desk_at_once() -> None:
    """Nobody is sent a code that could not help them."""
    assert next_step(having(replace(LOST, reachable=frozenset({Proof.EMAIL})))) is Step.DESK
    assert next_step(having(replace(FORGOTTEN, reachable=frozenset({Proof.EMAIL})), PHONE)) is Step.DESK
    assert next_step(having(replace(LOST, reachable=frozenset({Proof.EMAIL})), APP, CARDS)) is Step.PROVE


@pytest.mark.parametrize("usable", [frozenset(), frozenset({PHONE})])
def test_guessing_a_factor_until_it_is_disabled_opens_no_way_round_it(usable: frozenset[str]) -> None:
    """A disabled app is still bound: the mailbox alone changes no password (threat 32, ASVS 6.4.3)."""
    burnt = replace(FORGOTTEN, bound=frozenset({APP}) | usable, usable=usable)
    assert next_step(burnt) is (Step.PROVE if usable else Step.DESK)


def test_staff_who_lost_their_factor_go_to_the_desk() -> None:
    """Whoever can help others is not helped by two messages; the desk may start it."""
    assert next_step(replace(LOST, population="staff")) is Step.DESK
    by_desk = replace(LOST, population="staff", starter=Starter.DESK, proofs=frozenset({Proof.EMAIL}))
    assert next_step(by_desk) is Step.REMOVE
    assert next_step(replace(FORGOTTEN, population="staff")) is Step.NEW_PASSWORD


@pytest.mark.parametrize(
    ("aim", "step"),
    [(Aim.PASSWORD, Step.NEW_PASSWORD), (Aim.FACTOR, Step.REMOVE), (Aim.BOTH, Step.NEW_PASSWORD)],
)
def test_after_the_desk_has_made_sure_of_the_person_their_address_is_enough(aim: Aim, step: Step) -> None:
    """Repeated proofing and a link to the person's own address (SP 800-63B-4 §4.2.2.2)."""
    by_desk = replace(having(FORGOTTEN, APP), aim=aim, starter=Starter.DESK)
    assert next_step(by_desk) is step
    assert next_step(proving(by_desk)) is Step.PROVE


def test_a_manager_s_start_is_worth_no_proof() -> None:
    """A manager saves the person the user ID, not the second factor (C4)."""
    assert next_step(having(replace(FORGOTTEN, starter=Starter.MANAGER), APP)) is Step.PROVE
    assert next_step(replace(FORGOTTEN, starter=Starter.MANAGER)) is Step.NEW_PASSWORD


def test_an_ended_recovery_asks_for_nothing_more() -> None:
    """Done shows what changed; closed says to start again."""
    enough = proving(LOST, Proof.PASSWORD, Proof.EMAIL, Proof.SMS)
    assert next_step(replace(enough, outcome=Outcome.DONE)) is Step.DONE
    assert next_step(replace(enough, outcome=Outcome.CLOSED)) is Step.OVER


@given(some_facts)
def test_no_way_to_the_end_goes_round_a_code_that_came_to_the_person(facts: Facts) -> None:
    """Whatever the order: something that only the owner of an address received is part of it (ASVS 6.4.2, C3)."""
    if next_step(facts) in (Step.NEW_PASSWORD, Step.REMOVE):
        assert facts.proofs & CODES and facts.outcome is None


@given(some_facts)
def test_an_account_with_a_factor_is_never_recovered_by_one_code(facts: Facts) -> None:
    """A single message is not enough at level 2, unless the desk has seen the person (SP 800-63B-4 §4.2.2.2)."""
    if strong(facts) and facts.starter is not Starter.DESK and satisfied(facts):
        assert len(facts.proofs) > 1


@given(some_facts)
def test_every_way_offered_leads_on(facts: Facts) -> None:
    """Where a choice is shown there is something to choose, and all of it together is enough."""
    if next_step(facts) is Step.PROVE:
        assert ways(facts) and satisfied(replace(facts, proofs=facts.proofs | ways(facts)))
        assert within_reach(facts)


def test_only_ways_that_help_are_offered() -> None:
    """With an app bound, a second code does not replace a forgotten password; for a lost factor both do."""
    with_app = having(FORGOTTEN, APP)
    assert ways(with_app) == {Proof.FACTOR}
    assert ways(having(FORGOTTEN, PHONE)) == {Proof.SMS}
    assert ways(LOST) == {Proof.EMAIL, Proof.SMS, Proof.FACTOR}
    assert ways(proving(LOST, Proof.PASSWORD, Proof.EMAIL)) == {Proof.SMS, Proof.FACTOR}


@given(some_facts, st.sampled_from(Proof))
def test_one_more_proof_never_takes_anything_away(facts: Facts, proof: Proof) -> None:
    """Proofs only add up."""
    if satisfied(facts):
        assert satisfied(replace(facts, proofs=facts.proofs | {proof}))


def test_every_step_is_reached_by_somebody() -> None:
    """No step is drawn for nothing."""
    every = chain.from_iterable(combinations(Proof, n) for n in range(len(Proof) + 1))
    met = {
        next_step(replace(having(LOST, *bound), **facts, proofs=frozenset(proofs)))  # type: ignore[arg-type]
        for proofs in every
        for bound in ((), (APP,), (PHONE,))
        for facts in (
            {"aim": aim, "starter": starter, "awaiting": awaiting, "outcome": outcome}
            for aim in Aim
            for starter in Starter
            for awaiting in (True, False)
            for outcome in (None, *Outcome)
        )
    }
    assert met | {Step.DESK} == set(Step)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.10", "192.0.2.10"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.10", "192.0.2.10"),
        ("unix", "unix"),
    ],
)
def test_a_source_is_what_one_customer_holds(address: str, counted: str) -> None:
    """An IPv6 customer holds a /64: changing the lower half buys nothing (threat 27)."""
    assert network_of(address) == counted


def test_a_link_and_a_recovery_live_half_an_hour() -> None:
    """As told in the mail."""
    assert timedelta(minutes=30) == limits.LIFE
    _subject, text = letters.link("en", "Pat Partner", "https://id.example/recover/link?token=x")
    assert "30 minutes" in text and "https://id.example/recover/link?token=x" in text


def test_a_reminder_lists_every_user_id_and_nothing_else() -> None:
    """One address, several accounts: all of them, one to a line."""
    subject, text = letters.user_ids("en", "Pat Partner", ["PatPartner", "pat.desk"])
    assert subject == "Your user ID" and "PatPartner\npat.desk" in text
    assert "PatPartner" in letters.user_ids_short("es", "Gatehouse", ["PatPartner"])
