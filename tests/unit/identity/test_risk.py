"""Signs of risk and the verdict on them: what a person is asked for, decided from facts alone (D1, threat 52)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from identity.devices.browser import Browser
from identity.policies.rules import DEFAULTS
from identity.risk import reasons, travel
from identity.risk.assess import BURST, Facts, Habit, Outcome, Verdict, signs, verdict

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
COLUMBUS, TOLEDO, LISBON = (40.0, -83.0), (41.7, -83.5), (38.7, -9.1)
OFFICE = Browser("secret", "Chrome on Windows", "192.0.2.10", "AS64500", "Columbus, Ohio", "US", position=COLUMBUS)
USUAL = Habit("AS64500", "US", on_device=True)
KNOWN = Facts(habits=(USUAL,), last=(COLUMBUS, NOW - timedelta(days=1)), known_device=True)
STRANGE = replace(KNOWN, habits=(replace(USUAL, on_device=False),), known_device=False)


def judged(browser: Browser = OFFICE, facts: Facts = KNOWN) -> Verdict:
    """What the default policy says."""
    found = signs(browser, facts, NOW)
    return verdict(found, DEFAULTS.risk_weights, DEFAULTS.risk_verify, DEFAULTS.risk_deny)


def test_the_same_device_on_the_same_network_is_asked_nothing() -> None:
    """Capability D1: same device, same address: no challenge, and nothing noticed."""
    assert judged() == Verdict(Outcome.ALLOW, ())


def test_what_came_before_adds_nothing_to_a_sign_in_as_the_last_time() -> None:
    """Device, network and country of last time: with the months before or without them nothing is noticed.

    That is why they need not be read then (`risk.service`), and all that is read besides counts the same.
    """
    elsewhere = [
        Habit(net, land, bool(mine)) for net in ("AS64500", "AS1") for land in ("US", "PT", None) for mine in (0, 1)
    ]
    for browser in (OFFICE, replace(OFFICE, country=None)):
        last = Habit(browser.network, browser.country, on_device=True)
        for facts in (KNOWN, replace(KNOWN, contact_changed=True), replace(KNOWN, failures=BURST)):
            alone = judged(browser, replace(facts, habits=(last,)))
            assert all(judged(browser, replace(facts, habits=(last, one, *elsewhere))) == alone for one in elsewhere)


def test_a_first_sign_in_has_nothing_to_be_compared_with() -> None:
    """Whatever else is known, somebody who has just opened the account is not asked why they are new."""
    facts = Facts(habits=(), contact_changed=True, failures=50)
    assert judged(replace(OFFICE, country="PT"), facts) == Verdict(Outcome.ALLOW, ())


@pytest.mark.parametrize(
    ("browser", "facts", "expected", "outcome"),
    [
        (OFFICE, STRANGE, {"new_device"}, Outcome.ALLOW),
        (replace(OFFICE, network="AS64502"), KNOWN, {"new_network", "moved_device"}, Outcome.VERIFY),
        (replace(OFFICE, network="AS64502"), STRANGE, {"new_network", "new_device"}, Outcome.VERIFY),
        (OFFICE, replace(STRANGE, contact_changed=True), {"new_device", "contact_changed"}, Outcome.VERIFY),
        (OFFICE, replace(STRANGE, failures=BURST), {"new_device", "failures"}, Outcome.VERIFY),
        (OFFICE, replace(KNOWN, contact_changed=True), {"contact_changed"}, Outcome.ALLOW),
        (OFFICE, replace(KNOWN, failures=BURST), {"failures"}, Outcome.ALLOW),
        (OFFICE, replace(KNOWN, failures=BURST - 1), set(), Outcome.ALLOW),
        (OFFICE, replace(STRANGE, carried=True), {"carried_device"}, Outcome.VERIFY),
        (replace(OFFICE, country="PT"), KNOWN, {"new_country"}, Outcome.VERIFY),
        (replace(OFFICE, country=None, position=None), KNOWN, set(), Outcome.ALLOW),
    ],
)
def test_two_lesser_signs_or_a_grave_one_are_verified(
    browser: Browser, facts: Facts, expected: set[str], outcome: Outcome
) -> None:
    """Domain §4: new device, new network, contact changed lately, a burst of failures; one alone says little."""
    found = judged(browser, facts)
    assert (set(found.reasons), found.outcome) == (expected, outcome)


def test_a_new_browser_in_another_country_ten_minutes_later_is_verified() -> None:
    """Capability D1: new user agent and country ten minutes later: step-up, with every reason named."""
    facts = replace(STRANGE, last=(COLUMBUS, NOW - timedelta(minutes=10)))
    lisbon = replace(OFFICE, secret=None, network="AS64501", country="PT", position=LISBON)
    found = judged(lisbon, facts)
    assert found.outcome is Outcome.VERIFY
    assert set(found.reasons) == {"new_device", "new_network", "new_country", "far_travel"}


def test_a_device_that_is_known_elsewhere_moves_within_known_networks() -> None:
    """From the office to the known home network is one lesser sign; it is noticed and nothing is asked."""
    facts = replace(KNOWN, habits=(USUAL, Habit("AS64502", "US")))
    assert judged(replace(OFFICE, network="AS64502"), facts) == Verdict(Outcome.ALLOW, (reasons.MOVED_DEVICE,))


def test_a_shared_computer_is_known_by_its_mark() -> None:
    """Capability A5: the reception is no new device each morning; a stranger's mark hides nothing (threat 52)."""
    here = replace(STRANGE, habits=(Habit("AS64500", "US", at_computer=True),))
    assert judged(replace(OFFICE, shared=True), here).reasons == (reasons.SHARED_COMPUTER,)
    assert judged(replace(OFFICE, shared=True), STRANGE).reasons == (reasons.NEW_DEVICE,)


def test_the_operator_decides_when_a_sign_in_is_refused() -> None:
    """Capability D1: weights and thresholds are the operator's; by default all signs together are verified."""
    everything = tuple(reasons.SENTENCES)
    weights = DEFAULTS.risk_weights
    assert verdict(everything, weights, DEFAULTS.risk_verify, DEFAULTS.risk_deny).outcome is Outcome.VERIFY
    assert verdict(("new_country",), weights, 60, 60).outcome is Outcome.DENY
    assert verdict(("new_country",), {**weights, "new_country": 0}, 60, 60).outcome is Outcome.ALLOW


def test_every_sign_has_a_weight_and_a_sentence() -> None:
    """Capability D4: what fires can be weighed, and everybody reads the same words."""
    assert set(DEFAULTS.risk_weights) == set(reasons.SENTENCES)
    assert reasons.sentences(["new_device", "gone"]) == [reasons.SENTENCES["new_device"]]


@pytest.mark.parametrize(
    ("here", "there", "hours", "impossible"),
    [
        (COLUMBUS, TOLEDO, 0.1, False),  # near: the next town by another provider
        (COLUMBUS, LISBON, 1, True),
        (COLUMBUS, LISBON, 9, False),  # a flight
        (COLUMBUS, COLUMBUS, 0, False),
        ((0.0, 179.9), (0.0, -179.9), 0.1, False),  # across the date line
        ((90.0, 0.0), (-90.0, 0.0), 21, False),
    ],
)
def test_nobody_is_faster_than_an_airliner(
    here: tuple[float, float], there: tuple[float, float], hours: float, impossible: bool
) -> None:
    """Impossible travel: far apart, and no time to get there."""
    assert travel.impossible(here, there, timedelta(hours=hours)) is impossible


def test_distances_are_those_of_the_globe() -> None:
    """Half the equator from one side to the other; a town is nowhere from itself."""
    assert travel.distance_km((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20015, abs=1)
    assert travel.distance_km(COLUMBUS, LISBON) == pytest.approx(6130, abs=60)
    assert travel.distance_km(COLUMBUS, COLUMBUS) == 0
