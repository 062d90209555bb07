"""Refresh tokens, device codes and opening hours under many rivals, on real PostgreSQL, through the front door."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from identity.oidc.openings import service as openings
from identity.oidc.openings.service import Told
from shared.observability.sizes import rows_of_tables
from tests.service.identity_oidc.granting import exchanger, mails, portal_with, published, television
from tests.service.identity_oidc.screens import allowed, begin, poll, question, send, type_code
from tests.service.identity_oidc.suite import App, Browser, Suite
from tests.service.identity_oidc.test_token_exchange import exchanged

RIVALS = 20


def at_once(call: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Make the same call from many threads."""
    with ThreadPoolExecutor(RIVALS) as pool:
        return [done.result() for done in [pool.submit(call) for _ in range(RIVALS)]]


def test_in_grace_twenty_at_once_get_the_same_successor(suite: Suite, browser: Browser) -> None:
    """E12: nobody is thrown out, and the family does not fork; the next turn has one winner again."""
    portal = portal_with(suite, refresh_grace_seconds=10)
    token = portal.tokens(browser)["refresh_token"]
    answers = at_once(lambda: portal.refresh(token))
    assert {answer.status_code for answer in answers} == {200}
    (successor,) = {answer.json()["refresh_token"] for answer in answers}
    assert portal.refresh(successor).status_code == 200
    assert published(suite, "risk.detected") == []


def test_attack_15_without_grace_one_wins_and_its_person_is_told_once(suite: Suite, browser: Browser) -> None:
    """E12: nineteen replays are one theft: one event, one letter."""
    portal = App(suite)
    token = portal.tokens(browser)["refresh_token"]
    answers = at_once(lambda: portal.refresh(token))
    assert sorted({answer.status_code for answer in answers}) == [200, 400]
    assert len([answer for answer in answers if answer.status_code == 200]) == 1
    assert len(published(suite, "risk.detected")) == 1
    assert len([one for one in mails(suite) if "Sample portal" in one.subject]) == 1


def test_a_kept_token_serves_all_of_twenty(suite: Suite, browser: Browser) -> None:
    """E12: nothing is used up, so nothing is contended for."""
    portal = portal_with(suite, refresh_rotation="keep")
    token = portal.tokens(browser)["refresh_token"]
    assert {answer.status_code for answer in at_once(lambda: portal.refresh(token))} == {200}


def test_attack_54_of_twenty_polls_one_gets_the_tokens(suite: Suite, browser: Browser) -> None:
    """E13: the others show that the code is in many hands, and end what came from it (threat 5)."""
    screen = television(suite)
    begun = begin(screen)
    allowed(browser, begun)
    answers = at_once(lambda: poll(screen, begun))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.json().get("error") for answer in answers} == {None, "invalid_grant"}
    assert screen.introspect(won[0]["access_token"]) == {"active": False}


def test_attack_54_of_two_persons_one_owns_the_code(suite: Suite, browser: Browser) -> None:
    """Typed at the same instant by two, it is one person's alone."""
    screen = television(suite)
    begun = begin(screen)
    sam = suite.browser(suite.person("sam"))
    for one in (browser, sam):
        one.http.get("/oauth/device")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: type_code(one, begun["user_code"]).status_code, (browser, sam)))
    assert sorted(answers) == [303, 422]


def test_of_yes_and_no_at_once_one_is_the_answer(suite: Suite, browser: Browser) -> None:
    """Two windows, two answers: the first stands, and the device hears that one only."""
    screen = television(suite)
    begun = begin(screen)
    path = question(browser, begun)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda said: send(browser, path, answer=said), ("allow", "deny")))
    told = [poll(screen, begun).json().get("error") for _ in range(2)]
    assert told in (["access_denied"] * 2, [None, "invalid_grant"])


def test_the_hours_of_a_calendar_are_written_once_by_many(suite: Suite) -> None:
    """Twenty words and answers about one new calendar leave one row, the newest word in it (threat 41)."""

    def word(sequence: int) -> None:
        with suite.context.transaction() as work:
            openings.crossed(
                work, "precertification", sequence, Told(("precert.submit",), sequence % 2 == 0, None, None)
            )

    word(1)
    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(word, [*range(2, 21), *range(2, 21)]))
    with suite.context.reading() as session:
        assert openings.within(session, ("precert.submit",), suite.clock.now()) == (("precert.submit",), None)
        assert (openings.due(session, suite.clock.now()) or {}).keys() == {"precertification"}


def test_an_exchange_and_the_sizes_of_tables_work_on_postgresql(suite: Suite, browser: Browser) -> None:
    """The same program on the other database; sizes come from its statistics, without reading a table."""
    token = exchanged(exchanger(suite), App(suite).tokens(browser)["access_token"])["access_token"]
    assert App(suite, "suite-service").client_id and token
    with suite.context.reading() as session:
        sizes = rows_of_tables(session)
    assert {"oidc_grants", "oidc_device_codes", "oidc_openings", "accounts"} <= set(sizes)
    assert all(rows >= 0 for rows in sizes.values())
    suite.run_jobs()
