"""M28: one mail a day for managers who want that; it names who waits, opens the list, and decides nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.inbox import digests
from tests.service.access_manager.world import MEG, MONDAY, SAM, World, asks, clinic, manager, member

TUESDAY_8 = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 8:00 Eastern
MAILS = "/api/access/v1/me/mails"
MEG_MAIL = "acc_meg@lakeside.example"


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic with two managers; Meg wants one mail a day."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    meg = world.browser(MEG)
    meg.open("/manage")
    meg.follow("How often we write to you")
    meg.choose("Once a day")
    meg.press("Save")
    assert "The change is in effect now." in meg.text
    return world


def to(world: World, address: str) -> list[str]:
    """The subjects of the mails to somebody."""
    return [mail.subject for mail in world.mails() if mail.recipient == address]


def test_requests_wait_for_the_mail_of_the_day(staffed: World) -> None:
    """The other manager is written to at once; Meg at eight, about everything that still waits, once."""
    for number in range(3):
        staffed.tell("user.registered", "registration", f"app_{number}", **asks(f"acc_p{number}", f"app_{number}"))
    body = {"organization_id": "org_clinic", "functions": ["remittance.view"]}
    staffed.api(subject=SAM).post("/api/access/v1/me/access-requests", json=body)
    assert len(to(staffed, "acc_max@lakeside.example")) == 4
    assert to(staffed, MEG_MAIL) == []
    staffed.clock.freeze(TUESDAY_8 - timedelta(seconds=1))
    assert digests.send(staffed.context) == 0
    staffed.clock.freeze(TUESDAY_8)
    assert digests.send(staffed.context) == 1
    assert digests.send(staffed.context) == 0
    assert to(staffed, MEG_MAIL) == ["4 requests wait for your decision"]
    text = next(mail.body for mail in staffed.mails() if mail.recipient == MEG_MAIL)
    assert "Lakeside Family Practice:" in text and "- Pat Partner" in text and "- Sam Staff" in text
    assert "http://localhost:8000/manage\n" in text


def test_nothing_waits_nothing_is_written(staffed: World) -> None:
    """Not on the first day, nor on the next."""
    for day in range(3):
        staffed.clock.freeze(TUESDAY_8 + timedelta(days=day))
        assert digests.send(staffed.context) == 0
    assert to(staffed, MEG_MAIL) == []


def test_whoever_wants_mails_at_once_again_gets_them(staffed: World) -> None:
    """The wish is the person's own, by page and by API."""
    api = staffed.api(subject=MEG)
    assert api.get(MAILS).json() == {"daily": True}
    assert api.put(MAILS, json={"daily": "yes"}).status_code == 422
    assert api.put(MAILS, json={"daily": False}).json() == {"daily": False}
    staffed.tell("user.registered", "registration", "app_1", **asks())
    assert to(staffed, MEG_MAIL) == ["Pat Partner asks for access to Lakeside Family Practice"]
    assert staffed.api().get(MAILS).status_code == 403


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (MONDAY, datetime(2026, 11, 23, 13, 0, tzinfo=UTC)),
        (TUESDAY_8, TUESDAY_8),
        (TUESDAY_8 - timedelta(seconds=1), TUESDAY_8 - timedelta(days=1)),
        (datetime(2027, 3, 15, 11, 59, tzinfo=UTC), datetime(2027, 3, 14, 12, 0, tzinfo=UTC)),
        (datetime(2027, 3, 14, 11, 0, tzinfo=UTC), datetime(2027, 3, 13, 13, 0, tzinfo=UTC)),
    ],
)
def test_eight_is_eight_by_the_clock_on_the_wall(now: datetime, expected: datetime) -> None:
    """Also where the clock is changed."""
    assert digests.last_hour(now) == expected
