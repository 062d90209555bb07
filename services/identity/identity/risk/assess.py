"""From what is known of a sign-in to its signs of risk, and from the signs to a verdict. Pure.

Each sign has a weight; their sum is held against two thresholds of the operator's (`policies.rules`). By the defaults
two lesser signs together, or a grave one alone, are verified, and nothing is refused. A sign-in is compared only with
those that were accepted: what somebody tried in vain teaches nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from identity.devices.browser import Browser
from identity.risk import reasons, travel

# Failures in an hour from which they count as a burst; below it, it is somebody who mistypes.
BURST = 5
SHARED_FROM = 3  # places at once: two are an office and a telephone, from three on an account may be shared (F11)


class Outcome(StrEnum):
    """What follows."""

    ALLOW = "allow"
    VERIFY = "verify"
    DENY = "deny"


@dataclass(frozen=True)
class Verdict:
    """What follows, and the codes of what was noticed, whether or not anything follows."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Habit:
    """From where accepted sign-ins of the account came: on this very device or not, at this shared computer or not."""

    network: str
    country: str | None = None
    on_device: bool = False
    at_computer: bool = False


@dataclass(frozen=True)
class Facts:
    """What is known of the account at this sign-in; `habits` are those of accepted sign-ins only.

    `last`: position and instant of the last one, where its place was known; `known_device`: it was proved or accepted
    before; `carried`: the device cookie came in a browser of another family; `failures`: of the last hour;
    `elsewhere`: from how many other networks somebody is signed in to the account at this moment.
    """

    habits: tuple[Habit, ...]
    last: tuple[tuple[float, float], datetime] | None = None
    known_device: bool = False
    carried: bool = False
    contact_changed: bool = False
    failures: int = 0
    elsewhere: int = 0


def signs(browser: Browser, facts: Facts, now: datetime) -> tuple[str, ...]:
    """Return the codes of what is unusual. A first sign-in has nothing to be compared with: none."""
    if not facts.habits:
        return ()
    found = [*_device(facts), *_network(browser, facts), *_place(browser, facts, now)]
    if facts.contact_changed:
        found.append(reasons.CONTACT_CHANGED)
    if facts.failures >= BURST:
        found.append(reasons.FAILURES)
    if facts.elsewhere >= SHARED_FROM - 1:
        found.append(reasons.SEVERAL_PLACES)
    return tuple(found)


def verdict(codes: Iterable[str], weights: Mapping[str, int], verify_from: int, deny_from: int) -> Verdict:
    """Return what follows from the signs; a code without a weight weighs nothing."""
    found = tuple(codes)
    points = sum(weights.get(code, 0) for code in found)
    if points >= deny_from:
        return Verdict(Outcome.DENY, found)
    return Verdict(Outcome.VERIFY if points >= verify_from else Outcome.ALLOW, found)


def _device(facts: Facts) -> Iterable[str]:
    if facts.carried:
        yield reasons.CARRIED_DEVICE
    elif any(one.at_computer for one in facts.habits):
        yield reasons.SHARED_COMPUTER
    elif not facts.known_device:
        yield reasons.NEW_DEVICE


def _network(browser: Browser, facts: Facts) -> Iterable[str]:
    """A cookie that was stolen shows up elsewhere: then both the account and the device are new there (threat 52)."""
    if browser.network not in {one.network for one in facts.habits}:
        yield reasons.NEW_NETWORK
    of_device = {one.network for one in facts.habits if one.on_device}
    if of_device and browser.network not in of_device:
        yield reasons.MOVED_DEVICE


def _place(browser: Browser, facts: Facts, now: datetime) -> Iterable[str]:
    countries = {one.country for one in facts.habits if one.country}
    if browser.country and countries and browser.country not in countries:
        yield reasons.NEW_COUNTRY
    if browser.position and facts.last and travel.impossible(browser.position, facts.last[0], now - facts.last[1]):
        yield reasons.FAR_TRAVEL
