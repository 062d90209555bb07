"""The hard rules of access managers, one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.console.days import EASTERN, end_of, last_day
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import FUNCTIONS, PROFILES, beyond, by_category, entitled, in_order
from access_manager.rules.holding import may_hold
from access_manager.rules.managers import may_decide, may_end_at, may_seat, may_set
from access_manager.rules.refusals import Refusal, refuse

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
CONTRACTED_ONLY = ("fee-schedule-change.view", "demographics.update", "agreement.copy.request")


@pytest.mark.parametrize(("count", "refusal"), [(0, None), (1, None), (14, None), (15, Refusal.TOO_MANY_MANAGERS)])
def test_a_sixteenth_manager_is_refused(count: int, refusal: Refusal | None) -> None:
    """Up to fourteen managers there is room for one more; with fifteen there is none."""
    assert may_seat(count) is refusal


def test_nobody_decides_their_own_request() -> None:
    """The applicant and the decider are two people."""
    assert may_decide("acc_a", "acc_a") is Refusal.SELF_DECISION
    assert may_decide("acc_a", "acc_b") is None


def test_nobody_raises_their_own_functions() -> None:
    """One may give up own functions, not add any; for others both go."""
    assert may_set("a", "a", {"claims.submit"}, {"claims.submit", "payment.manage"}) is Refusal.SELF_RAISE
    assert may_set("a", "a", {"claims.submit", "payment.manage"}, {"claims.submit"}) is None
    assert may_set("a", "b", set(), {"payment.manage"}) is None


@pytest.mark.parametrize("function", CONTRACTED_ONLY)
def test_a_contracted_only_function_is_never_held_without_a_contract(function: str) -> None:
    """F6: the three functions of domain.md §2 need a contract, whoever grants them."""
    assert may_hold([function], kind="practice", contracted=False) is Refusal.CONTRACTED_ONLY
    assert may_hold([function], kind="practice", contracted=True) is None


@pytest.mark.parametrize(("kind", "beyond_it"), [("billing_company", "payment.manage"), ("vendor", "remittance.view")])
def test_a_company_never_holds_itself_what_is_for_care(kind: str, beyond_it: str) -> None:
    """F8: with a contract or without; a contract would not mend it, so that is not the reason named."""
    for function in (beyond_it, "precert.view", "clinical.view", "demographics.update"):
        for contracted in (True, False):
            assert may_hold([function], kind=kind, contracted=contracted) is Refusal.KIND_WITHHELD
    assert may_hold(["claims.submit", "eligibility.view"], kind=kind, contracted=False) is None


def test_a_function_that_does_not_exist_is_refused() -> None:
    """A made-up function is told apart from a forbidden one."""
    assert may_hold(["claims.submit", "everything"], kind="practice", contracted=True) is Refusal.UNKNOWN_FUNCTION


def test_a_manager_has_no_end_date() -> None:
    """Time alone must never leave an organization without a manager."""
    later = NOW + timedelta(days=1)
    assert may_end_at(later, manager=True, now=NOW) is Refusal.MANAGER_WITHOUT_END
    assert may_end_at(later, manager=False, now=NOW) is None
    assert may_end_at(None, manager=True, now=NOW) is None
    assert may_end_at(NOW, manager=False, now=NOW) is Refusal.END_IN_THE_PAST


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_a_status_and_a_sentence(refusal: Refusal) -> None:
    """A refusal is a problem with a stable type and words that say how to go on."""
    problem = refuse(refusal)
    assert problem.slug == refusal.value
    assert problem.status in {403, 409, 422}
    assert problem.detail.endswith(".")


def test_the_catalogue_has_every_function_with_plain_words() -> None:
    """Each of the twelve has a task and a sentence of its own, and stays inside its rules."""
    assert len(FUNCTIONS) == 12
    assert len({function.task for function in FUNCTIONS}) == 12
    assert all(function.sentence.endswith(".") for function in FUNCTIONS)
    assert tuple(each.id for each in FUNCTIONS if each.contracted_only) == CONTRACTED_ONLY
    assert {each.id for each in FUNCTIONS if each.calendar == "precertification"} == {"precert.view", "precert.submit"}


def test_profiles_bundle_functions_that_exist() -> None:
    """A profile is a shortcut to functions of the catalogue."""
    for profile in PROFILES:
        assert set(profile.functions) == set(in_order(profile.functions))


def test_what_an_organization_may_hold_follows_its_contract_and_its_kind() -> None:
    """Without a contract it is everything but the three; a company holds less; what goes beyond is named."""
    everything = entitled(kind="practice", contracted=True)
    assert len(everything) == 12
    assert set(everything) - set(entitled(kind="facility", contracted=False)) == set(CONTRACTED_ONLY)
    of_billing = ("eligibility.view", "claims.status.view", "claims.submit", "remittance.view")
    assert entitled(kind="billing_company", contracted=True) == of_billing
    assert entitled(kind="vendor", contracted=False) == of_billing[:3]
    wanted = ["claims.submit", "demographics.update"]
    assert beyond(wanted, kind="practice", contracted=False) == ("demographics.update",)


@pytest.mark.parametrize("kind", ["practice", "facility", "billing_company", "vendor"])
@pytest.mark.parametrize("contracted", [True, False])
def test_boxes_offer_exactly_what_the_rule_accepts(kind: str, contracted: bool) -> None:
    """F6, F8: each function alone is offered where it may be held, and named with why where it may not."""
    everything = [each.id for each in FUNCTIONS]
    shown = boxes(everything, kind=kind, contracted=contracted)
    offered = {each.id for _category, functions in shown.groups for each in functions}
    refused = {each: may_hold([each], kind=kind, contracted=contracted) for each in everything}
    assert offered == set(shown.chosen) == {each for each, refusal in refused.items() if refusal is None}
    assert {each.id for each in shown.of_care} == {each for each in refused if refused[each] is Refusal.KIND_WITHHELD}
    of_contract = {each.id for each in shown.of_contract}
    assert of_contract == {each for each in refused if refused[each] is Refusal.CONTRACTED_ONLY}
    assert may_hold(offered, kind=kind, contracted=contracted) is None


def test_functions_come_grouped_and_in_order() -> None:
    """A form shows categories in the catalogue's order, each function once."""
    groups = by_category(["precert.submit", "eligibility.view", "precert.submit"])
    assert [(name, [each.id for each in functions]) for name, functions in groups] == [
        ("Patients", ["eligibility.view"]),
        ("Precertification", ["precert.submit"]),
    ]


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-01", "2027-03-14", "2026-12-31"])
def test_an_end_date_lasts_until_its_day_is_over(day: str) -> None:
    """The last day counts whole, in Eastern time, also on the days the clocks change."""
    chosen = datetime.fromisoformat(day).date()
    ends_at = end_of(chosen)
    assert last_day(ends_at) == chosen
    assert ends_at.astimezone(EASTERN).hour == 0
    assert last_day(None) is None
