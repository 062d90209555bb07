"""Expand only: a process of the version before goes on planning maintenance beside ours, and its rows mean the same."""

from datetime import timedelta

from sqlalchemy import text

from tests.service.availability.world import Hours

# What the version before writes: it knows neither `reach` nor `series`.
AS_BEFORE = text(
    "INSERT INTO maintenance (id, calendars, state, starts_at, ends_at, emergency, reason, message, author,"
    " created_at, version) VALUES (:id, '[\"website\"]', 'scheduled', :starts, :ends, :emergency, 'Before', '{}',"
    " 'acc_1', :now, 1)"
)


def planned_before(hours: Hours) -> str:
    """A maintenance that a process of the version before has planned for an hour from now."""
    now = hours.clock.now()
    starts, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    if hours.context.database.engine.dialect.name == "sqlite":
        now, starts, ends = (one.replace(tzinfo=None) for one in (now, starts, ends))
    row = {"id": "mnt_before", "starts": starts, "ends": ends, "now": now, "emergency": True}
    with hours.context.transaction() as work:
        work.session.execute(AS_BEFORE, row)
        work.session.execute(text("UPDATE schedule_head SET revision = revision + 1"))
    return "mnt_before"


def check(hours: Hours) -> None:
    """It is read, closes for everybody, and is ended as any other."""
    found = hours.maintenance(planned_before(hours))
    assert (found["functions"], found["clients"], found["allowed"], found["series_id"]) == ([], [], [], None)
    hours.clock.freeze(hours.clock.now() + timedelta(minutes=90))
    assert hours.gate("claims.submit").status_code == 503
    hours.post("/maintenance/mnt_before/end", {"reason": "Done"})
    assert hours.gate("claims.submit").status_code == 204


def test_on_sqlite(hours: Hours) -> None:
    """The local run."""
    check(hours)


def test_on_postgres(hours_on_postgres: Hours) -> None:
    """The production shape."""
    check(hours_on_postgres)
