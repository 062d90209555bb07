"""Laws that hold for every browser, place and sign of risk, whatever somebody sends."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.devices import labels
from identity.devices.browser import Browser
from identity.devices.places import Places
from identity.policies.rules import DEFAULTS
from identity.risk import reasons, travel
from identity.risk.assess import Facts, Habit, Outcome, signs, verdict

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ORDER = [Outcome.ALLOW, Outcome.VERIFY, Outcome.DENY]
CODES = st.sets(st.sampled_from(sorted(reasons.SENTENCES)))
SPOTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
HABITS = st.builds(
    Habit,
    st.sampled_from(["AS1", "AS2", "AS3"]),
    st.sampled_from([None, "US", "PT"]),
    st.booleans(),
    st.booleans(),
)
FACTS = st.builds(
    Facts,
    st.lists(HABITS, max_size=4).map(tuple),
    st.none() | st.tuples(SPOTS, st.just(NOW - timedelta(hours=2))),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 20),
)
BROWSERS = st.builds(
    Browser,
    st.none(),
    st.just("Chrome on Windows"),
    st.just("192.0.2.10"),
    st.sampled_from(["AS1", "AS2", "AS3"]),
    st.none(),
    st.sampled_from([None, "US", "PT"]),
    position=st.none() | SPOTS,
)


@given(CODES, CODES)
def test_more_signs_never_mean_less_caution(some: set[str], more: set[str]) -> None:
    """Whatever is noticed in addition, the verdict grows no milder."""

    def outcome(codes: set[str]) -> int:
        return ORDER.index(verdict(sorted(codes), DEFAULTS.risk_weights, 60, 120).outcome)

    assert outcome(some | more) >= outcome(some)


@given(CODES, st.integers(1, 300), st.integers(1, 300))
def test_a_lower_threshold_never_means_less_caution(codes: set[str], one: int, other: int) -> None:
    """An operator who turns the screw gets what they turned for."""
    low, high = sorted((one, other))
    strict = verdict(sorted(codes), DEFAULTS.risk_weights, low, 1000)
    mild = verdict(sorted(codes), DEFAULTS.risk_weights, high, 1000)
    assert ORDER.index(strict.outcome) >= ORDER.index(mild.outcome)


@given(BROWSERS, FACTS)
def test_every_sign_is_named_once_and_has_a_sentence(browser: Browser, facts: Facts) -> None:
    """Capability D4: nothing fires that nobody can explain; a first sign-in fires nothing."""
    found = signs(browser, facts, NOW)
    assert len(found) == len(set(found))
    assert set(found) <= set(reasons.SENTENCES)
    assert facts.habits or not found


@given(BROWSERS, FACTS)
def test_one_sign_at_most_tells_of_the_device(browser: Browser, facts: Facts) -> None:
    """A device is new, or carried, or shared: never two of them, which would count it twice."""
    about = {reasons.NEW_DEVICE, reasons.SHARED_COMPUTER, reasons.CARRIED_DEVICE}
    assert len(about & set(signs(browser, facts, NOW))) <= 1


@given(SPOTS, SPOTS)
def test_a_way_is_as_long_as_the_way_back(here: tuple[float, float], there: tuple[float, float]) -> None:
    """And nothing is farther than half way round."""
    distance = travel.distance_km(here, there)
    assert distance == pytest.approx(travel.distance_km(there, here), abs=1e-6)
    assert 0 <= distance <= 20038


@given(SPOTS, SPOTS, st.integers(0, 48))
def test_more_time_never_makes_a_way_impossible(
    here: tuple[float, float], there: tuple[float, float], hours: int
) -> None:
    """Who could get there in an hour could get there in two."""
    if not travel.impossible(here, there, timedelta(hours=hours)):
        assert not travel.impossible(here, there, timedelta(hours=hours + 1))


@given(st.text())
def test_any_address_has_a_network_and_none_breaks(written: str) -> None:
    """Threat 52: what stands in for an address is text of bounded length."""
    assert len(Places().of(written).network) <= 64


@given(st.ip_addresses(v=4), st.ip_addresses(v=6))
def test_every_address_lies_in_its_block(four: object, six: object) -> None:
    """Blocks of /16 and /32, whoever asks."""
    assert Places().of(str(four)).network.endswith(".0.0/16")
    mapped = Places().of(str(six)).network
    assert mapped.endswith(("/32", "/16"))


@given(st.text(max_size=300))
def test_any_header_gives_one_short_visible_line(header: str) -> None:
    """Threats 43, 46: no control signs, no line breaks, no direction marks in what is shown, mailed and kept."""
    label, family = labels.of(header)
    assert label.isprintable()
    assert 0 < len(label) <= 120
    assert len(family) <= 60


@given(
    st.sampled_from(["Mozilla/5.0 ({})", "{}/1.0 CFNetwork/1 Darwin/1", "Mozilla/5.0 (X; {}) Chrome/1.0", "{}"]),
    st.text(),
)
def test_no_family_is_made_of_what_somebody_sends(frame: str, sent: str) -> None:
    """Rules of the parser that copy a part of the header cannot copy what would break a line."""
    label, _family = labels.of(frame.format(sent))
    assert label.isprintable()
