"""A delivery is noted once and carried by one worker at a time, whoever else tries, on real PostgreSQL (E21)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from sqlalchemy import Select

from identity.oidc.logout.deliveries import service
from identity.oidc.logout.deliveries.courier import Courier
from identity.oidc.logout.deliveries.models import APPS_WITH_DUE, DEBTS, DUE_OF_APP, GRANTS_OF_SESSION
from identity.sessions import service as sessions
from tests.service.identity_oidc.listening import Ears, listening, rows
from tests.service.identity_oidc.suite import App, Browser, Suite, claims_of
from tests.support.logout_receiver import LogoutReceiver

RIVALS = 12
LONG = 15.0
Found = TypeVar("Found")


@pytest.fixture
def receiver(suite: Suite) -> Iterator[LogoutReceiver]:
    """The portal, where it takes logout tokens."""
    with listening(suite) as made:
        yield made


def at_once(act: Callable[[], Found]) -> list[Found]:
    """Do the same from many threads; return what each gave."""
    with ThreadPoolExecutor(RIVALS) as pool:
        return [done.result() for done in [pool.submit(act) for _ in range(RIVALS)]]


def ended(suite: Suite, count: int) -> list[Browser]:
    """Sign one person in to the portal from many browsers, and end all of it; nobody has heard of it yet."""
    account_id = suite.person()
    browsers = [suite.browser(account_id) for _ in range(count)]
    for one in browsers:
        App(suite).code(one)
    with suite.context.transaction() as work:
        sessions.end_all(work, account_id, "signed_out")
    return browsers


def test_what_many_hear_is_owed_once(suite: Suite, receiver: LogoutReceiver) -> None:
    """The event came to several workers: one row, whoever writes it."""
    (browser,) = ended(suite, 1)

    def owe() -> int:
        with suite.context.transaction() as work:
            return service.owe(work, browser.sid)

    assert sorted(at_once(owe)) == [0] * (RIVALS - 1) + [1]
    assert len(rows(suite)) == 1


def test_of_many_workers_one_has_it(suite: Suite, receiver: LogoutReceiver) -> None:
    """The others get nothing, not even a wait."""
    (browser,) = ended(suite, 1)
    with suite.context.transaction() as work:
        service.owe(work, browser.sid)
    (row,) = rows(suite)

    def claim() -> bool:
        with suite.context.transaction() as work:
            return bool(DEBTS.claim(work, [row.id]))

    assert sorted(at_once(claim)) == [False] * (RIVALS - 1) + [True]
    assert rows(suite)[0].attempts == 1


def test_many_couriers_carry_every_token_once(suite: Suite, receiver: LogoutReceiver) -> None:
    """Thirty sessions, six processes that look at the same time: thirty tokens, none twice."""
    browsers = ended(suite, 30)
    with suite.context.transaction() as work:
        assert sum(service.owe(work, one.sid) for one in browsers) == 30
    couriers = [Courier(suite.context) for _ in range(6)]
    while any(row.settled_at is None for row in rows(suite)):
        for courier in couriers:
            courier.look()
        assert sum(courier.settled(LONG) for courier in couriers)
    assert sorted(claims_of(token)["sid"] for token in receiver.tokens) == sorted(one.sid for one in browsers)
    assert {row.attempts for row in rows(suite)} == {1}


def test_an_end_and_a_redemption_in_one_instant_leave_nobody_signed_in(suite: Suite, receiver: LogoutReceiver) -> None:
    """Whoever got tokens, however late, hears of the end; whoever did not has nothing to end."""
    account_id, portal, ears = suite.person(), App(suite), Ears(suite)
    for _ in range(10):
        browser = suite.browser(account_id)
        code, verifier = portal.code(browser)
        with ThreadPoolExecutor(2) as pool:
            redeemed = pool.submit(portal.redeem, code, verifier)
            pool.submit(suite.end_session, browser.sid).result()
        answer = redeemed.result()
        ears.settle()
        assert answer.status_code in (200, 400)
        assert claims_of(receiver.tokens[-1])["sid"] == browser.sid


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (APPS_WITH_DUE, "ix_oidc_logout_deliveries_settled_at_due_at"),
        (DUE_OF_APP, "ix_oidc_logout_deliveries_settled_at_due_at"),
        (GRANTS_OF_SESSION, "ix_oidc_grants_session_id"),
    ],
    ids=["apps", "due", "grants"],
)
def test_looking_costs_the_same_however_much_was_told(suite: Suite, statement: Select[Any], index: str) -> None:
    """Each statement finds its rows through an index (performance rule 9)."""
    asked = {"now": suite.clock.now(), "client": "portal", "session": "ses_1"}
    bound = statement.params({name: asked[name] for name in statement.compile().params})
    with suite.context.database.engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")  # the tables of a test are too small to need one
        words = bound.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN {words}").scalars().all()
    assert index in "\n".join(plan)
