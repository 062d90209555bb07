"""Which step of a sign-in comes next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.login.flow import Demand, Standing, Step, next_step
from identity.mfa.assurance import ACR_1, ACR_2, ACR_PHR, acr, joined, satisfies, strongest

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BY_PASSWORD = Standing(("pwd",), ACR_1, NOW, "provider", enrolled=False, must_choose=False)
WITH_APP = replace(BY_PASSWORD, enrolled=True)
BY_BOTH = Standing(("pwd", "otp", "mfa"), ACR_2, NOW, "provider", enrolled=True, must_choose=False)


@pytest.mark.parametrize(
    ("standing", "demand", "step"),
    [
        (None, Demand(), Step.PASSWORD),
        (BY_PASSWORD, Demand(), Step.DONE),
        (BY_PASSWORD, Demand(direct=True), Step.DONE),
        (BY_PASSWORD, Demand(ACR_1), Step.DONE),
        (BY_PASSWORD, Demand(ACR_2), Step.ENROL),
        (WITH_APP, Demand(ACR_1), Step.DONE),
        (WITH_APP, Demand(direct=True), Step.CODE),
        (WITH_APP, Demand(ACR_2), Step.CODE),
        (BY_BOTH, Demand(ACR_2), Step.DONE),
        (BY_BOTH, Demand(ACR_PHR), Step.UNMET),
        (replace(BY_BOTH, must_choose=True), Demand(ACR_2, organization=True), Step.ORGANIZATION),
        (replace(BY_BOTH, must_choose=True), Demand(direct=True), Step.DONE),
        (replace(WITH_APP, must_choose=True), Demand(ACR_2, organization=True), Step.CODE),
        (replace(BY_PASSWORD, population="staff"), Demand(), Step.ENROL),
        (replace(WITH_APP, population="staff"), Demand(ACR_1), Step.CODE),
        (BY_BOTH, Demand(not_before=NOW + timedelta(seconds=1)), Step.PASSWORD),
        (BY_BOTH, Demand(not_before=NOW), Step.DONE),
        (replace(BY_PASSWORD, auth_time=NOW - timedelta(minutes=20)), Demand(ACR_2), Step.ENROL),
        (replace(BY_PASSWORD, auth_time=NOW - timedelta(minutes=21)), Demand(ACR_2), Step.PASSWORD),
        (replace(WITH_APP, auth_time=NOW - timedelta(hours=11)), Demand(ACR_2), Step.CODE),
    ],
)
def test_the_missing_step_comes_next(standing: Standing | None, demand: Demand, step: Step) -> None:
    """Decided from what was proved, what is demanded and what the person has."""
    assert next_step(standing, demand, NOW) is step


@given(
    st.builds(
        Standing,
        amr=st.sampled_from([("pwd",), ("pwd", "otp", "mfa"), ("otp",)]),
        acr=st.sampled_from([ACR_1, ACR_2]),
        auth_time=st.timedeltas(timedelta(0), timedelta(days=1)).map(lambda age: NOW - age),
        population=st.sampled_from(["provider", "staff", "member"]),
        enrolled=st.booleans(),
        must_choose=st.booleans(),
    ),
    st.builds(Demand, acr=st.sampled_from([None, ACR_1, ACR_2, ACR_PHR, "unknown"]), direct=st.booleans()),
)
def test_done_is_said_only_where_the_demand_is_met(standing: Standing, demand: Demand) -> None:
    """No way through the flow ends below what was demanded (threats 24, 32)."""
    if next_step(standing, demand, NOW) is Step.DONE:
        assert "pwd" in standing.amr and satisfies(standing.acr, demand.acr)
        assert standing.population != "staff" or satisfies(standing.acr, ACR_2)


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        ((), ACR_1),
        (("pwd",), ACR_1),
        (("pwd", "pin"), ACR_1),  # two of one kind
        (("otp",), ACR_1),
        (("otp", "sms"), ACR_1),
        (("pwd", "otp"), ACR_2),
        (("pwd", "hwk"), ACR_PHR),
        (("hwk", "user"), ACR_PHR),
        (("hwk",), ACR_1),
        (("mfa",), ACR_1),  # a word alone proves nothing
    ],
)
def test_level_follows_from_the_methods(methods: tuple[str, ...], level: str) -> None:
    """Two different factors make level 2, whatever they are called (RFC 8176)."""
    assert acr(methods) == level


def test_levels_are_ordered_and_unknown_ones_never_met() -> None:
    """An unknown demand is refused rather than ignored; an unknown level satisfies nothing that is demanded."""
    assert satisfies(ACR_2, ACR_1) and not satisfies(ACR_1, ACR_2) and satisfies(ACR_1, None)
    assert not satisfies(ACR_PHR, "unknown") and not satisfies("unknown", ACR_1)
    assert strongest(None, ACR_1, ACR_2) == ACR_2 and strongest() == ACR_1
    assert joined(("pwd",), ("otp", "pwd")) == ("pwd", "otp", "mfa")
