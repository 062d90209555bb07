"""Tokens keep the hours of what they speak of: no access token for a gated function outlives its window (J5)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest

from identity.oidc.clients.policy import TOKEN_EXCHANGE
from identity.oidc.openings import asking, hours
from identity.oidc.openings.hours import Hours
from shared.cache import CacheAway
from tests.service.identity_oidc.granting import exchanger, opening, tell
from tests.service.identity_oidc.suite import App, Browser, Suite, claims_of

PRECERT = ["precert.submit", "precert.view"]
SUNDAY = datetime(2026, 11, 22, 20, 55, tzinfo=UTC) + timedelta(hours=5)  # 20:55 Eastern
CLOSING = SUNDAY + timedelta(minutes=5)


def opened(suite: Suite, until: datetime | None, sequence: int = 1) -> None:
    """Let availability tell that precertification opened."""
    tell_state(suite, "service.opened", sequence, opening("precertification", PRECERT, is_open=True, until=until))


def closed(suite: Suite, sequence: int = 2) -> None:
    """Let availability tell that it closed."""
    tell_state(suite, "service.closed", sequence, opening("precertification", PRECERT, is_open=False, until=None))


def tell_state(suite: Suite, kind: str, sequence: int, data: dict[str, Any]) -> None:
    """Deliver one word about the calendar."""
    tell(suite, "availability", kind, "precertification", sequence, data)


def changed(suite: Suite, version: int = 2) -> None:
    """Let availability tell that an operator changed the schedule."""
    data = {"calendar": "precertification", "functions": PRECERT, "version": version, "changed_at": suite.clock.now()}
    tell_state(suite, "schedule.changed", version, data)


def answering(suite: Suite, monkeypatch: pytest.MonkeyPatch, functions: dict[str, Any] | None) -> list[str]:
    """Let availability answer with these functions, or be away; return the list of questions, filled as they come."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503) if functions is None else httpx.Response(200, json={"functions": functions})

    client = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://availability:8000")
    monkeypatch.setattr(suite.context.neighbours, "bare", lambda _name: client)
    return asked


def stands(
    is_open: bool, until: datetime | None, valid: datetime, calendar: str = "precertification"
) -> dict[str, Any]:
    """Return what availability answers about one function."""
    told = until.isoformat() if until else None
    return {"calendar": calendar, "open": is_open, "until": told, "valid_until": valid.isoformat()}


def test_a_token_for_a_gated_function_ends_when_the_function_closes(
    suite: Suite, portal: App, browser: Browser
) -> None:
    """J5: at 20:55 on Sunday a token for precertification is good for five minutes, and says so."""
    suite.clock.freeze(SUNDAY)
    browser = suite.browser(claims_of(portal.tokens(browser)["id_token"])["sub"])
    opened(suite, CLOSING)
    tokens = portal.tokens(browser)
    claims = claims_of(tokens["access_token"])
    assert claims["functions"] == ["claims.status.view", "precert.submit"]
    assert (claims["exp"], tokens["expires_in"]) == (int(CLOSING.timestamp()), 300)
    suite.clock.freeze(CLOSING)
    assert portal.introspect(tokens["access_token"]) == {"active": False}


def test_a_closed_function_is_left_out_of_the_access_token_only(suite: Suite, portal: App, browser: Browser) -> None:
    """J5: what somebody may do does not change by night: ID token and userinfo go on naming it (domain §6)."""
    opened(suite, None)
    closed(suite)
    tokens = portal.tokens(browser)
    assert claims_of(tokens["access_token"])["functions"] == ["claims.status.view"]
    assert tokens["expires_in"] == 600
    assert claims_of(tokens["id_token"])["functions"] == ["claims.status.view", "precert.submit"]
    assert portal.userinfo(tokens["access_token"]).json()["functions"] == ["claims.status.view", "precert.submit"]


def test_a_closing_that_was_known_needs_no_further_word(suite: Suite, portal: App, browser: Browser) -> None:
    """J5: availability may be away when the hour comes; the function is out all the same, at every refresh."""
    until = suite.clock.now() + timedelta(minutes=3)
    opened(suite, until)
    tokens = portal.tokens(browser)
    assert "precert.submit" in claims_of(tokens["access_token"])["functions"]
    suite.clock.freeze(until)
    later = portal.refresh(tokens["refresh_token"]).json()
    assert claims_of(later["access_token"])["functions"] == ["claims.status.view"]


def test_it_is_back_when_the_function_opens(suite: Suite, portal: App, browser: Browser) -> None:
    """The next token speaks of it again."""
    closed(suite, 1)
    token = portal.tokens(browser)["refresh_token"]
    opened(suite, suite.clock.now() + timedelta(hours=20), 2)
    assert "precert.submit" in claims_of(portal.refresh(token).json()["access_token"])["functions"]


def test_a_token_that_speaks_of_no_function_keeps_its_whole_life(suite: Suite, portal: App, browser: Browser) -> None:
    """Hours are those of functions, not of people: signing in stays possible (domain §6)."""
    opened(suite, suite.clock.now() + timedelta(minutes=1))
    assert portal.tokens(browser, scope="openid profile organization")["expires_in"] == 600


def test_an_exchanged_token_keeps_the_hours_too(suite: Suite, portal: App, browser: Browser) -> None:
    """J5 holds for every grant type: nobody acts for somebody beyond the window."""
    subject = portal.tokens(browser)["access_token"]
    opened(suite, suite.clock.now() + timedelta(minutes=2))
    form = {"grant_type": TOKEN_EXCHANGE, "subject_token": subject}
    form["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
    assert exchanger(suite).token(form).json()["expires_in"] == 120


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_word_counts_in_whatever_order_words_arrive(
    suite: Suite, portal: App, browser: Browser, order: tuple[int, ...]
) -> None:
    """Events come twice and out of order; the one with the highest sequence wins (threat 41)."""
    words: list[Callable[[], None]] = [
        lambda: opened(suite, None, 1),
        lambda: closed(suite, 2),
        lambda: opened(suite, suite.clock.now() + timedelta(hours=1), 3),
    ]
    for index in order:
        words[index]()
    assert "precert.submit" in claims_of(portal.tokens(browser)["access_token"])["functions"]


def test_availability_is_asked_for_the_exact_closing(
    suite: Suite, portal: App, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event names the next instant of any change, a notice included; the answer names the closing itself."""
    notice, closing = suite.clock.now() + timedelta(minutes=2), suite.clock.now() + timedelta(hours=9)
    opened(suite, notice)
    assert portal.tokens(browser)["expires_in"] == 120
    asked = answering(suite, monkeypatch, {name: stands(True, closing, notice) for name in PRECERT})
    assert asking.learn(suite.context) == 1 and asked == ["/api/availability/v1/functions"]
    assert portal.tokens(browser)["expires_in"] == 600
    assert asking.learn(suite.context) == 0 and len(asked) == 1


def test_it_is_asked_again_where_what_is_known_is_over_or_in_doubt(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At first, after a changed schedule, after every maintenance, when an answer ends, and now and then."""
    valid = suite.clock.now() + timedelta(minutes=5)
    asked = answering(suite, monkeypatch, {"precert.submit": stands(True, None, valid)})
    assert asking.learn(suite.context) == 1
    changed(suite)
    assert asking.learn(suite.context) == 1
    maintenance = {"maintenance_id": "mnt_1", "calendars": ["precertification"], "state": "in_effect"}
    maintenance |= {"starts_at": suite.clock.now(), "ends_at": None, "emergency": True, "reason": "Disks"}
    for sequence, kind in enumerate(("maintenance.scheduled", "maintenance.started", "maintenance.ended"), 1):
        tell(suite, "availability", kind, "mnt_1", sequence, maintenance)
        assert asking.learn(suite.context) == 1
    suite.clock.freeze(valid)
    assert asking.learn(suite.context) == 1
    assert len(asked) == 6


def test_an_answer_never_follows_a_newer_word(suite: Suite, portal: App, browser: Browser) -> None:
    """An event that arrives while we ask cuts the answer off, whatever it says (threat 41)."""
    opened(suite, None)

    def late(_name: str) -> httpx.Client:
        closed(suite)  # while the question is on its way
        answer = httpx.Response(200, json={"functions": {"precert.submit": stands(True, None, suite.clock.now())}})
        return httpx.Client(transport=httpx.MockTransport(lambda _request: answer), base_url="http://a")

    suite.context.neighbours.bare = late  # type: ignore[method-assign]
    assert asking.learn(suite.context) == 0
    assert "precert.submit" not in claims_of(portal.tokens(browser)["access_token"])["functions"]


def test_a_calendar_that_is_gone_gates_nothing(
    suite: Suite, portal: App, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator took it away: its functions belong to another calendar now, or to none."""
    closed(suite, 1)
    always = stands(True, None, suite.clock.now() + timedelta(days=7), "website")
    answering(suite, monkeypatch, {"precert.submit": always})
    assert asking.learn(suite.context) == 2
    assert "precert.submit" in claims_of(portal.tokens(browser)["access_token"])["functions"]


def test_maintenance_of_a_single_function_leaves_its_neighbours_in_tokens(
    suite: Suite, portal: App, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J2, J5: functions of one calendar may stand differently; when it is over both are back."""
    together = ("precert.submit", "claims.status.view")
    valid = suite.clock.now() + timedelta(hours=1)
    both = {name: stands(True, valid, valid) for name in together}
    answering(suite, monkeypatch, both)
    asking.learn(suite.context)
    assert set(together) <= set(claims_of(portal.tokens(browser)["access_token"])["functions"])
    changed(suite)
    answering(suite, monkeypatch, {**both, "claims.status.view": stands(False, None, valid)})
    asking.learn(suite.context)
    held = claims_of(portal.tokens(browser)["access_token"])["functions"]
    assert "precert.submit" in held and "claims.status.view" not in held
    changed(suite, 3)
    answering(suite, monkeypatch, both)
    asking.learn(suite.context)
    assert set(together) <= set(claims_of(portal.tokens(browser)["access_token"])["functions"])


@pytest.mark.parametrize("functions", [None, {"precert.submit": {"calendar": "x"}}, {"precert.submit": None}])
def test_while_availability_is_away_nobody_waits_for_it(
    suite: Suite, portal: App, browser: Browser, monkeypatch: pytest.MonkeyPatch, functions: dict[str, Any] | None
) -> None:
    """Away or talking nonsense: asked once in five seconds, and what is known holds until it ends by itself."""
    opened(suite, suite.clock.now() + timedelta(minutes=4))
    asked = answering(suite, monkeypatch, functions)
    assert [asking.learn(suite.context) for _ in range(5)] == [0] * 5 and len(asked) == 1
    suite.clock.advance(timedelta(seconds=5))
    asking.learn(suite.context)
    assert len(asked) == 2
    assert portal.tokens(browser)["expires_in"] == 235


def test_the_cache_may_be_away_too(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is asked each time; nothing fails."""

    def away(*_given: object) -> None:
        raise CacheAway

    monkeypatch.setattr(suite.context.cache, "get", away)
    monkeypatch.setattr(suite.context.cache, "set", away)
    asked = answering(suite, monkeypatch, None)
    assert [asking.learn(suite.context) for _ in range(2)] == [0, 0] and len(asked) == 2


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("known", "asked", "expected"),
    [
        ([], ("a", "b"), (("a", "b"), None)),
        ([Hours(frozenset("a"), True, None)], ("a", "b"), (("a", "b"), None)),
        ([Hours(frozenset("a"), True, NOON + HOUR)], ("a", "b"), (("a", "b"), NOON + HOUR)),
        ([Hours(frozenset("a"), True, NOON)], ("a", "b"), (("b",), None)),
        ([Hours(frozenset("a"), False, None)], ("b", "a"), (("b",), None)),
        ([Hours(frozenset("x"), True, NOON + HOUR)], ("a",), (("a",), None)),
        (
            [Hours(frozenset("a"), True, NOON + 2 * HOUR), Hours(frozenset("b"), True, NOON + HOUR)],
            ("a", "b"),
            (("a", "b"), NOON + HOUR),
        ),
        ([Hours(frozenset("ab"), False, None)], ("a", "b"), ((), None)),
    ],
)
def test_the_first_closing_counts_and_a_boundary_is_closed(
    known: list[Hours], asked: tuple[str, ...], expected: tuple[tuple[str, ...], datetime | None]
) -> None:
    """J5: half-open windows; a function of no calendar is not gated."""
    assert hours.within(known, asked, NOON) == expected


@pytest.mark.parametrize(
    ("checked", "valid", "due"),
    [
        (None, NOON + HOUR, True),
        (NOON, NOON + HOUR, False),
        (NOON, None, False),
        (NOON, NOON, True),
        (NOON - timedelta(minutes=15), NOON + HOUR, True),
        (NOON + HOUR, NOON + 2 * HOUR, True),
    ],
)
def test_when_to_ask_again(checked: datetime | None, valid: datetime | None, due: bool) -> None:
    """Also where a clock that was set back left an answer in the future."""
    assert hours.is_due(checked, valid, NOON) is due
