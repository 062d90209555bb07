"""Nothing of the provider grows without end: every table is either forgotten in time or cannot grow."""

from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Table, func, insert, select

from identity.oidc import housekeeping
from identity.oidc.grants.device_models import device_codes
from identity.oidc.grants.models import grants, refresh_tokens, revoked_tokens
from identity.tables import Base
from shared.observability.sizes import rows_of_tables
from tests.service.identity_oidc.granting import television
from tests.service.identity_oidc.screens import allowed, begin, poll
from tests.service.identity_oidc.suite import App, Browser, Suite


def rows(suite: Suite, table: Table) -> int:
    """How many rows a table holds."""
    with suite.context.reading() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


def test_every_table_of_the_provider_says_how_long_it_keeps_its_rows() -> None:
    """A table that is added without an answer to that fails here (growth; ASVS 10.4.8)."""
    mine = {name for name in Base.metadata.tables if name.startswith("oidc_")}
    kept = [one.table for one in housekeeping.KEPT]
    assert mine == {*kept, *housekeeping.NOT_GROWING} and len(kept) == len(set(kept))


def test_what_is_over_is_forgotten_and_what_is_in_use_stays(suite: Suite, portal: App, browser: Browser) -> None:
    """Grants with their tokens a day after their end, devices and revocations in their time; a living grant stays."""
    screen = television(suite)
    begun = begin(screen)
    allowed(browser, begun)
    assert poll(screen, begun).status_code == 200
    old = portal.tokens(browser)
    portal.refresh(old["refresh_token"])
    portal.revoke(old["access_token"])
    assert (rows(suite, grants), rows(suite, device_codes), rows(suite, revoked_tokens)) == (2, 1, 1)
    suite.run_jobs()
    assert (rows(suite, grants), rows(suite, device_codes), rows(suite, revoked_tokens)) == (2, 1, 1)
    suite.clock.advance(timedelta(hours=37))
    young = App(suite).tokens(suite.browser(str(_account_of(suite))))
    suite.run_jobs()
    assert (rows(suite, grants), rows(suite, device_codes), rows(suite, revoked_tokens)) == (1, 0, 0)
    assert rows(suite, refresh_tokens) == 1
    assert portal.refresh(young["refresh_token"]).status_code == 200


def _account_of(suite: Suite) -> str | None:
    with suite.context.reading() as session:
        return session.scalar(select(grants.c.account_id).limit(1))


def test_a_late_replay_is_still_recognized_as_one(suite: Suite, portal: App, browser: Browser) -> None:
    """Threat 15: used tokens stay as long as their grant and a day more, so that theft is never a mere unknown."""
    used = portal.tokens(browser)["refresh_token"]
    portal.refresh(used)
    suite.clock.advance(timedelta(hours=12, minutes=30))
    suite.run_jobs()
    assert "GH-OIDC-051" in portal.refresh(used).json()["error_description"]


@pytest.mark.parametrize("count", [0, 1, 2500])
def test_a_long_backlog_goes_in_short_transactions(suite: Suite, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """However much there is, no statement takes more than a batch, and all of it goes."""
    over = suite.clock.now() - timedelta(days=2)
    new = [_device(number, over) for number in range(count)]
    with suite.context.transaction() as work:
        work.session.execute(insert(device_codes), new) if new else None
    limits: list[int] = []
    (kept,) = [one for one in housekeeping.KEPT if one.table == "oidc_device_codes"]

    def watched(before: Any, limit: int) -> Any:
        limits.append(limit)
        return kept.batch(before, limit)

    monkeypatch.setattr(housekeeping, "KEPT", (housekeeping.Kept(kept.table, kept.after, watched),))
    assert housekeeping.run(suite.context) == count
    assert limits == [1000] * (count // 1000 + 1) and rows(suite, device_codes) == 0


def _device(number: int, instant: Any) -> dict[str, Any]:
    return {
        "id": f"dev_{number}",
        "device_code_hash": str(number),
        "user_code": f"{number:08d}",
        "client_id": "television",
        "scopes": [],
        "audience": [],
        "pause": 5,
        "created_at": instant,
        "expires_at": instant,
    }


def test_every_table_has_a_number_that_an_operator_watches(suite: Suite, portal: App, browser: Browser) -> None:
    """One gauge for each table, of the provider and of everything else in its database."""
    portal.tokens(browser)
    with suite.context.reading() as session:
        sizes = rows_of_tables(session)
    assert {name for name in Base.metadata.tables if name.startswith("oidc_")} <= set(sizes)
    assert (sizes["oidc_grants"], sizes["oidc_refresh_tokens"], sizes["oidc_device_codes"]) == (1, 1, 0)
    assert sizes["oidc_clients"] == rows(suite, cast("Table", Base.metadata.tables["oidc_clients"]))
