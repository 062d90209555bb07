"""What identity tells about people: where to write to them, and that an account is closed."""

from datetime import timedelta

import pytest

from access_manager.people import service as people
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, PAT, SAM, World, asks, clinic, manager, member

NEW_ADDRESS = "meg.manager@home.example"


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic with a manager and a member, open for the day."""
    world.seed(clinic(manager(), member()))
    world.availability.open("claims.submit", "precert.submit", until=MONDAY + timedelta(hours=8))
    return world


def moved(account: str, email: str) -> dict[str, object]:
    """Return the data of a change of somebody's main address."""
    told = {"account_id": account, "email": email, "mobile": None, "kind": "email", "change": "made_main"}
    return {**told, "changed_at": MONDAY}


def email_of(world: World, account: str) -> str:
    """Return where the service would write to somebody."""
    with world.context.reading() as session:
        return people.names(session, [account])[account].email


def test_managers_get_their_mail_where_they_are_now(staffed: World) -> None:
    """The next request goes to the new address, not to the one of long ago."""
    staffed.tell("contact.changed", "identity", MEG, 7, **moved(MEG, NEW_ADDRESS))
    staffed.tell("user.registered", "registration", "app_1", **asks())
    assert NEW_ADDRESS in [mail.recipient for mail in staffed.mails()]


def test_an_older_address_never_replaces_a_newer_one(staffed: World) -> None:
    """Events come late and twice; the newest version stays."""
    staffed.tell("contact.changed", "identity", MEG, 7, **moved(MEG, NEW_ADDRESS))
    staffed.tell("contact.changed", "identity", MEG, 6, **moved(MEG, "before@home.example"))
    assert email_of(staffed, MEG) == NEW_ADDRESS


def test_an_address_and_a_standing_have_orders_of_their_own(staffed: World) -> None:
    """A lock told as version 4 counts although a change of address was told as version 5."""
    staffed.tell("contact.changed", "identity", SAM, 5, **moved(SAM, "sam@home.example"))
    locked = {"account_id": SAM, "population": "provider", "status": "locked", "locked_until": None, "reason": None}
    staffed.tell("account.locked", "identity", SAM, 4, **locked)
    assert staffed.evaluate(SAM, "precert.submit")["context"]["reason_code"] == "account_locked"
    assert email_of(staffed, SAM) == "sam@home.example"


def test_an_old_application_does_not_bring_an_old_address_back(staffed: World) -> None:
    """What identity told since is newer than what was typed when somebody registered."""
    staffed.tell("contact.changed", "identity", PAT, 3, **moved(PAT, "pat@home.example"))
    staffed.tell("user.registered", "registration", "app_1", **asks())
    assert email_of(staffed, PAT) == "pat@home.example"


def test_a_closed_account_may_do_nothing_any_more(staffed: World) -> None:
    """Whatever its memberships said: the decision follows within the event (threat 53, ASVS 8.3.2)."""
    assert staffed.evaluate(SAM, "precert.submit")["decision"] is True
    closed = {"account_id": SAM, "population": "provider", "status": "closed", "reason": "closed"}
    staffed.tell("account.closed", "identity", SAM, 9, **closed)
    denied = staffed.evaluate(SAM, "precert.submit", CLINIC)
    assert denied["decision"] is False
    assert [event.data["account_id"] for event in staffed.published("membership.removed")] == [SAM]
    late = {"account_id": SAM, "population": "provider", "status": "active", "reason": "time"}
    staffed.tell("account.unlocked", "identity", SAM, 8, **late)
    assert staffed.evaluate(SAM, "precert.submit")["decision"] is False


def test_the_seat_of_a_closed_account_is_free(staffed: World) -> None:
    """An organization whose only manager is gone has none: registration sends its new people to the desk again."""
    closed = {"account_id": MEG, "population": "provider", "status": "closed", "reason": "closed"}
    staffed.tell("account.closed", "identity", MEG, 9, **closed)
    assert staffed.published("manager.changed")[-1].data["count"] == 0
    assert staffed.published("organization.changed")[-1].data["manager_count"] == 0
    before = len(staffed.published())
    staffed.tell("account.closed", "identity", MEG, 10, **closed)
    assert len(staffed.published()) == before
