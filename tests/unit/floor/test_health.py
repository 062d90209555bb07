"""An orchestrator learns whether the process lives and whether it can do its work; the public learns neither."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.cache import CacheAway, RedisCache
from shared.clock import SettableClock
from shared.db.migrate import migrate
from tests.support.kiosk import Kiosk, open_kiosk

NOWHERE = "redis://127.0.0.1:9/0"


def test_a_living_process_says_so(kiosk: Kiosk) -> None:
    """`/healthz` asks nobody else, so a database that is away does not restart the process."""
    kiosk.context.database.close()
    answer = kiosk.browser().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "service": "kiosk"})


def test_a_ready_service_says_what_it_checked(kiosk: Kiosk) -> None:
    """Database, schema, cache."""
    answer = kiosk.browser().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json() == {"ready": True, "checks": {"database": "ok", "schema": "ok", "cache": "ok"}}


def test_a_database_behind_the_program_is_not_ready(tmp_path: Path, clock: SettableClock) -> None:
    """The check names the command that mends it."""
    with open_kiosk(tmp_path, clock, migrated=False) as place:
        answer = place.browser().get("/readyz")
    assert answer.status_code == 503
    assert "migrate" in answer.get_json()["checks"]["schema"]


def test_a_program_of_before_works_on_the_schema_of_the_release_after_it(kiosk: Kiosk) -> None:
    """An operator who goes back starts the older image: its migration leaves the database alone, and it is ready."""
    with kiosk.context.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_floor SET version_num = 'of_tomorrow'"))
    assert migrate(kiosk.context.database, kiosk.context.service.migrations) == []
    answer = kiosk.browser().get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["schema"]) == (200, "ok")
    with kiosk.context.database.reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_floor")).scalar() == "of_tomorrow"


def test_a_database_that_is_away_is_not_ready(tmp_path: Path, clock: SettableClock) -> None:
    """The kind of fault is said, not the address and not the password."""
    url = "postgresql+psycopg://kiosk:data-password@127.0.0.1:9/kiosk"
    with open_kiosk(tmp_path, clock, migrated=False, database_url=url) as place:
        answer = place.browser().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["database"] == "OperationalError"
    assert "password" not in answer.get_data(as_text=True)


def test_without_its_cache_a_service_works_on(kiosk: Kiosk) -> None:
    """Stricter, but not out of service."""
    kiosk.context.cache = RedisCache(NOWHERE, "kiosk:")
    with pytest.raises(CacheAway):
        kiosk.context.cache.get("k")
    answer = kiosk.browser().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["checks"]["cache"].startswith("away")


def test_metrics_count_by_route_and_name_nobody(kiosk: Kiosk) -> None:
    """The route's pattern, never the path with its ids."""
    kiosk.browser().get("/kiosk/help?person=acc_123")
    told = kiosk.browser().get("/metrics").get_data(as_text=True)
    assert 'gatehouse_http_request_duration_seconds_count{method="GET",route="/kiosk/help"' in told
    assert "acc_123" not in told


def test_the_clock_page_of_the_local_run_does_not_reach_health(kiosk: Kiosk) -> None:
    """A suite frozen in another year is as healthy as any."""
    kiosk.clock.freeze(datetime(2031, 1, 1, tzinfo=UTC))
    assert kiosk.browser().get("/readyz").status_code == 200


def test_made_up_methods_do_not_fill_the_memory(kiosk: Kiosk) -> None:
    """Each label is a series that is kept for ever: methods that nobody knows share one."""
    for number in range(3):
        kiosk.browser().open("/kiosk/help", method=f"SPAM{number}")
    told = kiosk.browser().get("/metrics").get_data(as_text=True)
    assert "SPAM" not in told and 'method="other"' in told
