"""What an API asks of a person's sign-in (RFC 9470): strength, freshness, and no factor that is still held back."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.auth import ACR_PHISHING_RESISTANT, ACR_TWO_FACTORS, Caller
from shared.auth.stepup import Demands, held_until, insist, refuse_held
from shared.errors import Problem

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def who(acr: str | None = ACR_TWO_FACTORS, ago: timedelta = timedelta(0), **claims: object) -> Caller:
    """A person's token that tells of a sign-in."""
    told: dict[str, object] = {"auth_time": int((NOW - ago).timestamp()), **claims}
    return Caller("acc_meg", "portal", frozenset(), acr=acr, claims=told)


def refused(caller: Caller, demands: Demands) -> Problem:
    """The refusal."""
    with pytest.raises(Problem) as found:
        insist(caller, demands, NOW)
    return found.value


@pytest.mark.parametrize(
    ("acr", "demanded", "enough"),
    [
        (ACR_TWO_FACTORS, ACR_TWO_FACTORS, True),
        (ACR_PHISHING_RESISTANT, ACR_TWO_FACTORS, True),
        (ACR_TWO_FACTORS, ACR_PHISHING_RESISTANT, False),
        ("urn:gatehouse:acr:1", ACR_TWO_FACTORS, False),
        ("urn:example:stronger-than-all", ACR_TWO_FACTORS, False),
        (None, ACR_TWO_FACTORS, False),
        (None, None, True),
    ],
)
def test_strength(acr: str | None, demanded: str | None, enough: bool) -> None:
    """threat 24: a level nobody knows, or none at all, meets no demand."""
    if enough:
        insist(who(acr), Demands(demanded), NOW)
    else:
        assert refused(who(acr), Demands(demanded)).status == 401


@pytest.mark.parametrize(("ago", "enough"), [(0, True), (3600, True), (3605, True), (3606, False), (9000, False)])
def test_freshness(ago: int, enough: bool) -> None:
    """An hour, and the five seconds that clocks of two services may differ."""
    if enough:
        insist(who(ago=timedelta(seconds=ago)), Demands(max_age=HOUR), NOW)
    else:
        assert refused(who(ago=timedelta(seconds=ago)), Demands(max_age=HOUR)).slug == "step-up-required"


@pytest.mark.parametrize("auth_time", [None, "now", 1.5, [], {}])
def test_a_token_that_does_not_say_when_counts_as_too_old(auth_time: object) -> None:
    """Silence is no proof."""
    assert refused(who(auth_time=auth_time), Demands(max_age=HOUR)).status == 401


def test_the_challenge_says_what_to_ask_for() -> None:
    """RFC 9470 §3: error, acr_values and max_age, in the header and in the body."""
    problem = refused(who("urn:gatehouse:acr:1", 2 * HOUR), Demands(ACR_TWO_FACTORS, HOUR))
    challenge = problem.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer ")
    assert 'error="insufficient_user_authentication"' in challenge
    assert f'acr_values="{ACR_TWO_FACTORS}"' in challenge and 'max_age="3600"' in challenge
    assert problem.members == {"acr_values": ACR_TWO_FACTORS, "max_age": 3600}


def test_the_challenge_asks_for_nothing_that_is_not_needed() -> None:
    """Only what the view declares."""
    assert "max_age" not in refused(who("0"), Demands(ACR_TWO_FACTORS)).headers["WWW-Authenticate"]
    assert "acr_values" not in refused(who(ago=2 * HOUR), Demands(max_age=HOUR)).headers["WWW-Authenticate"]


def test_a_factor_held_back_is_refused_until_its_instant() -> None:
    """B6: 403 with the instant; at the instant it is over; and signing in again would change nothing, so no 401."""
    until = NOW + timedelta(seconds=1)
    caller = who(restricted_until=int(until.timestamp()))
    problem = refused(caller, Demands(unheld=True))
    assert (problem.status, problem.members["held_until"]) == (403, "2026-11-23T15:00:01Z")
    insist(caller, Demands(unheld=True), until)
    insist(caller, Demands(), NOW)


def test_what_names_no_instant_holds_nothing() -> None:
    """The claim is ours and signed; another shape of it is none."""
    assert held_until(None) is None and held_until("tomorrow") is None
    refuse_held(None, NOW)
