"""Which step of a sign-in comes next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.login.flow import Demand, Standing, Step, next_step
from identity.mfa.assurance import ACR_1, ACR_2, ACR_PHR, acr, joined, satisfies, strongest

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BY_PASSWORD = Standing(
    amr=("pwd",),
    acr=ACR_1,
    auth_time=NOW,
    needs_two=False,
    manages=False,
    enrolled=False,
    reachable=ACR_1,
    remembered=False,
    owes_proof=False,
    owes_password=False,
    must_choose=False,
    organization_acr=None,
    terms_due=False,
    nudge_due=False,
)
WITH_APP = replace(BY_PASSWORD, enrolled=True, reachable=ACR_2)
WITH_PASSKEY = replace(WITH_APP, reachable=ACR_PHR)
BY_BOTH = replace(WITH_APP, amr=("pwd", "otp", "mfa"), acr=ACR_2)
BY_PASSKEY = replace(WITH_PASSKEY, amr=("hwk", "user", "mfa"), acr=ACR_PHR)
STAFF = replace(BY_PASSWORD, needs_two=True)
TO_AN_APP = Demand(ACR_1, organization=True)
LONG_AGO = NOW - timedelta(minutes=21)


@pytest.mark.parametrize(
    ("standing", "demand", "step"),
    [
        # who signed in, and how long ago
        (None, Demand(), Step.SIGN_IN),
        (replace(BY_BOTH, amr=("otp",)), Demand(), Step.SIGN_IN),
        (BY_BOTH, Demand(not_before=NOW + timedelta(seconds=1)), Step.SIGN_IN),
        (BY_BOTH, Demand(not_before=NOW), Step.DONE),
        # while the website is closed for maintenance: before every other question, but one's own pages stay
        (replace(BY_BOTH, website_closed=True), TO_AN_APP, Step.CLOSED),
        (replace(BY_BOTH, website_closed=True), Demand(own=True, direct=True), Step.CLOSED),
        (replace(BY_BOTH, website_closed=True), Demand(own=True), Step.DONE),
        (replace(BY_BOTH, website_closed=True, owes_proof=True), TO_AN_APP, Step.CLOSED),
        # how strongly
        (BY_PASSWORD, TO_AN_APP, Step.DONE),
        (BY_PASSWORD, Demand(direct=True, own=True), Step.DONE),
        (BY_PASSWORD, Demand(ACR_2), Step.ENROL),
        (WITH_APP, TO_AN_APP, Step.DONE),
        (WITH_APP, Demand(own=True), Step.PROVE),
        (replace(WITH_APP, remembered=True), Demand(own=True), Step.DONE),
        (replace(WITH_APP, remembered=True), Demand(ACR_2), Step.PROVE),
        (replace(BY_PASSWORD, manages=True), Demand(own=True), Step.ENROL),
        (replace(WITH_APP, manages=True, remembered=True), Demand(own=True), Step.PROVE),
        (STAFF, TO_AN_APP, Step.ENROL),
        (replace(WITH_APP, needs_two=True, remembered=True), TO_AN_APP, Step.PROVE),
        (WITH_APP, Demand(ACR_2), Step.PROVE),
        (BY_BOTH, Demand(ACR_2), Step.DONE),
        (BY_BOTH, Demand("unknown"), Step.UNMET),
        (WITH_APP, Demand(ACR_PHR), Step.PROVE),
        (BY_BOTH, Demand(ACR_PHR), Step.ENROL),
        (replace(BY_BOTH, reachable=ACR_PHR), Demand(ACR_PHR), Step.PROVE),
        (BY_PASSKEY, Demand(ACR_PHR), Step.DONE),
        (replace(BY_PASSWORD, auth_time=LONG_AGO), Demand(ACR_2), Step.SIGN_IN),
        (replace(WITH_APP, auth_time=LONG_AGO), Demand(ACR_2), Step.PROVE),
        (replace(BY_BOTH, auth_time=LONG_AGO), Demand(ACR_PHR), Step.SIGN_IN),
        # something unusual; a password that others may know
        (replace(BY_PASSWORD, owes_proof=True), TO_AN_APP, Step.VERIFY),
        (replace(WITH_APP, owes_proof=True, remembered=True), TO_AN_APP, Step.PROVE),
        (replace(BY_PASSWORD, owes_proof=True, owes_password=True), TO_AN_APP, Step.VERIFY),
        (replace(BY_PASSWORD, owes_password=True), TO_AN_APP, Step.RENEW),
        (replace(WITH_APP, owes_password=True), Demand(ACR_2), Step.PROVE),
        # for whom
        (replace(BY_BOTH, must_choose=True), Demand(ACR_2, organization=True), Step.ORGANIZATION),
        (replace(BY_BOTH, must_choose=True), Demand(own=True), Step.DONE),
        (replace(BY_PASSWORD, organization_acr=ACR_2), TO_AN_APP, Step.ENROL),
        (replace(WITH_APP, organization_acr=ACR_2), TO_AN_APP, Step.PROVE),
        (replace(BY_PASSWORD, organization_acr=ACR_2), Demand(own=True), Step.DONE),
        # on what terms
        (replace(BY_PASSWORD, terms_due=True), TO_AN_APP, Step.TERMS),
        (replace(BY_PASSWORD, terms_due=True), Demand(own=True), Step.DONE),
        (replace(BY_PASSWORD, nudge_due=True), Demand(own=True, direct=True), Step.NUDGE),
        (replace(BY_PASSWORD, nudge_due=True), TO_AN_APP, Step.DONE),
    ],
)
def test_the_missing_step_comes_next(standing: Standing | None, demand: Demand, step: Step) -> None:
    """Decided from what was proved, what is demanded and what the person has."""
    assert next_step(standing, demand, NOW) is step


@given(
    st.builds(
        Standing,
        amr=st.sampled_from([("pwd",), ("pwd", "otp", "mfa"), ("otp",), ("hwk", "user", "mfa")]),
        acr=st.sampled_from([ACR_1, ACR_2, ACR_PHR]),
        auth_time=st.timedeltas(timedelta(0), timedelta(days=1)).map(lambda age: NOW - age),
        organization_acr=st.sampled_from([None, ACR_2, ACR_PHR]),
        reachable=st.sampled_from([ACR_1, ACR_2, ACR_PHR]),
    ),
    st.builds(Demand, acr=st.sampled_from([None, ACR_1, ACR_2, ACR_PHR, "unknown"]), organization=st.booleans()),
)
def test_done_is_said_only_where_every_demand_is_met(standing: Standing, demand: Demand) -> None:
    """No way through the flow ends below what was demanded (threats 24, 32)."""
    if next_step(standing, demand, NOW) is Step.DONE:
        assert {"pwd", "hwk"} & set(standing.amr) and satisfies(standing.acr, demand.acr)
        assert not standing.needs_two or satisfies(standing.acr, ACR_2)
        assert not (standing.owes_proof or standing.owes_password)
        assert not demand.organization or satisfies(standing.acr, standing.organization_acr)
        assert demand.own or not standing.terms_due


@given(st.sampled_from(["remembered", "manages"]), st.sampled_from([ACR_2, ACR_PHR, "unknown"]))
def test_a_remembered_device_never_replaces_a_factor(word: str, demanded: str) -> None:
    """Threat 52: whatever is remembered, a level that an app demands is proved."""
    standing = replace(WITH_PASSKEY, remembered=True, manages=word == "manages")
    assert next_step(standing, Demand(demanded), NOW) in {Step.PROVE, Step.UNMET}


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
