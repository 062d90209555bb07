"""Managers who have not answered are reminded, each time once, until somebody decides (capability F3)."""

from datetime import datetime, timedelta

import pytest

from access_manager.approvals.reminders import remind
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, PAT, World, asks, clinic, manager, member, seated

HALF_WAY, TWO_DAYS_BEFORE = MONDAY + timedelta(days=7), MONDAY + timedelta(days=11)
HARBOR_END = MONDAY + timedelta(days=14)


def text(instant: datetime) -> str:
    """An instant as events carry it."""
    return instant.isoformat().replace("+00:00", "Z")


def ask(world: World, **changes: object) -> str:
    """A request that registration wants managers to be reminded of twice; gives its id."""
    told = asks(remind_at=[text(HALF_WAY), text(TWO_DAYS_BEFORE)], **changes)
    world.tell("user.registered", "registration", "app_1", **told)
    return str(world.published("approval.required")[0].data["approval_id"])


def reminders(world: World) -> list[str]:
    """To whom reminders are queued, oldest first."""
    return [mail.recipient for mail in world.mails() if mail.subject.startswith("Reminder")]


def run(world: World, instant: datetime) -> int:
    """The worker looks at that instant."""
    world.clock.advance(instant - world.clock.now())
    return remind(world.context)


def test_each_reminder_goes_to_every_manager_once(world: World) -> None:
    """Half-way and two business days before the due day; not a second earlier, and not again."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    approval = ask(world)
    assert run(world, HALF_WAY - timedelta(seconds=1)) == 0
    assert run(world, HALF_WAY) == 1
    assert run(world, HALF_WAY + timedelta(hours=1)) == 0
    assert sorted(reminders(world)) == ["acc_max@lakeside.example", "acc_meg@lakeside.example"]
    assert run(world, TWO_DAYS_BEFORE) == 1
    assert run(world, HARBOR_END) == 0
    assert len(reminders(world)) == 4
    mail = next(mail for mail in world.mails() if mail.subject.startswith("Reminder"))
    assert "Pat Partner waits for your decision" in mail.subject
    assert f"/manage/requests/{approval}" in mail.body
    assert "Decide by Monday, December 7, 2026" in mail.body


def test_a_worker_that_slept_reminds_once_not_twice(world: World) -> None:
    """Where both instants passed while nobody looked, managers get one mail, not two at the same time."""
    world.seed(clinic(manager()))
    ask(world)
    assert run(world, TWO_DAYS_BEFORE + timedelta(hours=1)) == 1
    assert run(world, TWO_DAYS_BEFORE + timedelta(hours=2)) == 0
    assert len(reminders(world)) == 1


def test_two_workers_remind_once(world: World) -> None:
    """Of two that saw the same instant one claims it."""
    world.seed(clinic(manager()))
    ask(world)
    world.clock.advance(HALF_WAY - MONDAY)
    assert remind(world.context) + remind(world.context) == 1
    assert len(reminders(world)) == 1


@pytest.mark.parametrize("end", ["decided", "withdrawn", "desk"])
def test_nobody_is_reminded_of_what_is_closed(world: World, end: str) -> None:
    """A decision, a withdrawal or the desk ends the reminders."""
    world.seed(clinic(manager()))
    approval = ask(world)
    if end == "decided":
        path = f"/api/access/v1/organizations/{CLINIC}/approvals/{approval}/decision"
        assert world.api(subject=MEG).post(path, json={"outcome": "deny", "reason": "no_need"}).status_code == 200
    elif end == "withdrawn":
        gone = {"application_id": "app_1", "account_id": PAT, "organization_id": CLINIC, "withdrawn_at": MONDAY}
        world.tell("application.withdrawn", "registration", "app_1", 2, **gone)
    else:
        desk_decides(world, "refused")
    assert run(world, HALF_WAY) == 0
    assert reminders(world) == []


def test_managers_of_that_day_are_reminded(world: World) -> None:
    """Who left is not written to any more, who came is."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager")))
    ask(world)
    [max_] = [each for each in people(world) if each["account_id"] == "acc_max"]
    path = f"/api/access/v1/organizations/{CLINIC}/members/{max_['membership_id']}/removal"
    assert world.api().post(path, json={}).status_code == 200
    run(world, HALF_WAY)
    assert reminders(world) == ["acc_meg@lakeside.example"]


def people(world: World) -> list[dict[str, object]]:
    """The members of the clinic, as the API tells them."""
    answer = world.api(subject=MEG).get(f"/api/access/v1/organizations/{CLINIC}/members")
    return list(answer.json()["members"])


def test_an_older_sender_says_nothing_of_reminders(world: World) -> None:
    """A request without `remind_at` is opened as before; nobody is reminded (the field is optional)."""
    world.seed(clinic(manager()))
    world.tell("user.registered", "registration", "app_1", **asks())
    assert run(world, HARBOR_END) == 0


def desk_decides(world: World, outcome: str) -> None:
    """The desk took over from silent managers, and decides."""
    told = seated(outcome=outcome) | {"application_id": "app_1"}
    if outcome == "refused":
        told |= {"organization": None, "functions": [], "reason": "The office does not know this person."}
    world.tell("vetting.completed", "registration", "case_1", 3, **told)


@pytest.mark.parametrize("outcome", ["seated", "refused"])
def test_what_the_desk_decided_no_manager_decides_again(world: World, outcome: str) -> None:
    """The first decision wins: the request leaves the inbox, its page says who decided, an approval comes too late."""
    world.seed(clinic(manager()))
    approval = ask(world)
    desk_decides(world, outcome)
    inbox = world.api().get(f"/api/access/v1/organizations/{CLINIC}/approvals").json()["approvals"]
    assert all(each["state"] != "open" for each in inbox)
    path = f"/api/access/v1/organizations/{CLINIC}/approvals/{approval}/decision"
    late = world.api(subject=MEG).post(path, json={"outcome": "approve", "functions": ["claims.status.view"]})
    assert late.status_code == 409
    assert world.published("approval.decided") == []


def test_a_refusal_that_crossed_an_approval_takes_the_access_back(world: World) -> None:
    """The desk refused and the person was told; a manager approved before the news arrived: the access goes."""
    world.seed(clinic(manager()))
    approval = ask(world)
    path = f"/api/access/v1/organizations/{CLINIC}/approvals/{approval}/decision"
    body = {"outcome": "approve", "functions": ["claims.status.view"]}
    assert world.api(subject=MEG).post(path, json=body).status_code == 200
    assert PAT in {each["account_id"] for each in people(world)}
    desk_decides(world, "refused")
    assert PAT not in {each["account_id"] for each in people(world)}


def test_managers_who_came_later_are_asked(world: World) -> None:
    """A request that found nobody is told again when the organization got a manager: that one gets the mail, once."""
    world.seed(clinic(member()))
    ask(world)
    assert world.mails() == []
    world.seed(clinic(member(), manager()))
    for _again in range(2):
        again = asks(remind_at=[text(HALF_WAY)], due_at=HARBOR_END + timedelta(days=3))
        world.tell("user.registered", "registration", "app_1", 4, **again)
    assert [mail.recipient for mail in world.mails()] == ["acc_meg@lakeside.example"]
    [waiting] = world.api().get(f"/api/access/v1/organizations/{CLINIC}/approvals").json()["approvals"]
    assert waiting["escalated_at"] is None
    assert run(world, HALF_WAY) == 1
