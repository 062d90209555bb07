"""Nothing grows without end: every table has a retention or a reason, and what is over is deleted in batches (P4)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from access_manager import housekeeping
from access_manager.approvals.models import Approval
from access_manager.memberships.models import Deputy
from access_manager.tables import Base
from shared.jobs import run_jobs
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, PAT, SAM, World, asks, clinic, manager, member

LIMIT = MONDAY - timedelta(days=6 * 365 + 2)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_has_a_retention_or_a_reason_to_have_none(table: str) -> None:
    """P4: whoever adds a table says here what becomes of its rows; and a table that is gone leaves the list."""
    swept = {each.__tablename__ for each, _over in housekeeping.over_before(MONDAY)}
    assert (table in swept) != (table in housekeeping.KEPT_AS_LONG_AS)
    assert swept | set(housekeeping.KEPT_AS_LONG_AS) <= set(Base.metadata.tables)


def rows(world: World, table: type[Base]) -> int:
    """How many there are."""
    with world.context.reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_request_is_forgotten_six_years_after_it_was_decided(world: World) -> None:
    """Not one that is open, and not a day earlier (45 CFR 164.316(b)(2)(i))."""
    world.seed(clinic(manager()))
    world.tell("user.registered", "registration", "app_1", **asks())
    world.tell("user.registered", "registration", "app_2", **asks("acc_late", "app_2"))
    approval = next(each for each in inbox(world) if each["account_id"] == PAT)
    path = f"/api/access/v1/organizations/{CLINIC}/approvals/{approval['approval_id']}/decision"
    assert world.api(subject=MEG).post(path, json={"outcome": "deny", "reason": "no_need"}).status_code == 200
    world.clock.advance(timedelta(days=6 * 365))
    assert housekeeping.forget_documents(world.context) == 0
    world.clock.advance(timedelta(days=3))
    assert housekeeping.forget_documents(world.context) == 1
    assert [each["account_id"] for each in inbox(world)] == ["acc_late"]
    assert rows(world, Approval) == 1


def test_a_sweep_is_bounded(world: World) -> None:
    """P4: five hundred at a time, so that no transaction holds a table for long."""
    world.seed(clinic(manager(), member()))
    with world.context.transaction() as work:
        for number in range(520):
            work.session.add(named(number))
    assert housekeeping.forget_documents(world.context) == 500
    assert housekeeping.forget_documents(world.context) == 20
    assert rows(world, Deputy) == 0


def test_the_worker_does_it(world: World) -> None:
    """Each job runs in the worker's round, with nothing there to do."""
    world.seed(clinic(manager(), member()))
    run_jobs(world.context, "one")
    names = {job.name for job in world.context.service.jobs}
    assert {"access-reviews", "dormancy", "reviews-housekeeping", "documents-housekeeping"} <= names


def inbox(world: World) -> list[dict[str, str]]:
    """What waits for a decision."""
    return list(world.api().get(f"/api/access/v1/organizations/{CLINIC}/approvals").json()["approvals"])


def named(number: int) -> Deputy:
    """A deputy of long ago."""
    ended = LIMIT - timedelta(days=1)
    return Deputy(
        id=f"dep_{number}",
        organization_id=CLINIC,
        manager_id=MEG,
        deputy_id=SAM,
        scopes=["people"],
        starts_at=ended - timedelta(days=5),
        ends_at=ended,
        named_at=ended - timedelta(days=5),
    )
