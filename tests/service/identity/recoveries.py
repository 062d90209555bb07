"""What people do in a recovery, for the tests about it: begin, read their messages, go on."""

import re
from typing import Any

import httpx

from identity.demo import Someone
from identity.recovery import service
from tests.service.identity.world import MEG, PASSWORD, PAT, SECRET, World, membership
from tests.support.pages import PageVisitor

NEW_PASSWORD = "seven otters swim upstream"
WRONG_CODE = "000000"
MAX = Someone("max.manager", PASSWORD, "Max Manager", "max@lakeside.example", active=True)
ANA = Someone("ana.app", PASSWORD, "Ana", "ana@lakeside.example", "+1 202 555 0120", totp_secret=SECRET, active=True)
CLINIC, OTHER = "org_clinic", "org_other"
EVIDENCE = "Called back, knew the last claim"


def ask_for_user_id(world: World, address: str) -> PageVisitor:
    """Ask for the user ID of an address."""
    visitor = world.browser()
    visitor.open("/recover/user-id")
    visitor.fill("E-mail address or mobile number", address)
    visitor.press("Send my user ID")
    return visitor


def forgot_password(world: World, user_id: str, address: str, visitor: PageVisitor | None = None) -> PageVisitor:
    """Say that the password is forgotten; the worker answers, and the browser waits for the code."""
    visitor = visitor or world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", user_id)
    visitor.fill("E-mail address or mobile number of your account", address)
    visitor.press("Send a code")
    world.run_jobs()
    return visitor


def lost_factor(world: World, someone: Someone, visitor: PageVisitor | None = None) -> PageVisitor:
    """Say that the second factor is lost, and prove user ID and password."""
    visitor = visitor or world.browser()
    visitor.open("/recover/lost")
    visitor.fill("User ID", someone.user_id)
    visitor.fill("Password", someone.password)
    visitor.press("Continue")
    return visitor


def type_code(visitor: PageVisitor, code: str) -> None:
    """Type a code where one is asked for."""
    visitor.fill("6-digit code", code)
    visitor.press("Continue")


def send_to(world: World, visitor: PageVisitor, masked: str) -> str:
    """Choose an address at the page of ways, and return the code that arrives there."""
    visitor.choose(masked)
    visitor.press("Send a code")
    return code_in(messages(world)[-1])


def choose_password(visitor: PageVisitor, password: str = NEW_PASSWORD) -> None:
    """Choose the new password."""
    visitor.fill("New password", password)
    visitor.press("Save my new password")


def recovered(world: World, someone: Someone) -> PageVisitor:
    """Recover the password of somebody without a second factor, from the beginning to the end."""
    visitor = forgot_password(world, someone.user_id, someone.email)
    type_code(visitor, last_code(world, someone.email))
    choose_password(visitor)
    return visitor


def messages(world: World, to: str | None = None) -> list[Any]:
    """The messages that wait to be sent, oldest first; those to one address where one is named."""
    return [each for each in world.mails() if to in (None, each.recipient)]


def subjects(world: World, to: str) -> list[str]:
    """The subjects of the mails to an address, oldest first."""
    return [str(each.subject) for each in messages(world, to)]


def codes_to(world: World, to: str) -> list[str]:
    """Every code that went to an address, oldest first."""
    return [code_in(each) for each in messages(world, to) if re.search(r"\b\d{6}\b", str(each.body))]


def last_code(world: World, to: str) -> str:
    """The code that went to an address last."""
    return codes_to(world, to)[-1]


def code_in(message: Any) -> str:
    """The code of a message."""
    found = re.search(r"\b(\d{6})\b", str(message.body))
    assert found, message
    return found.group(1)


def link_to(world: World, to: str) -> str:
    """The link that went to an address last."""
    bodies = [str(each.body) for each in messages(world, to) if "/recover/link?token=" in str(each.body)]
    return next(word for word in bodies[-1].split() if "/recover/link?token=" in word)


def actions(world: World, target: str) -> list[str]:
    """What was audited about an account, oldest first, of recovery alone."""
    return [action for action, about in world.audited() if about == target and action.startswith("recovery.")]


def staffed(world: World) -> dict[str, str]:
    """Meg and Max manage the clinic, Pat and Ana work there; account ids by user ID."""
    people = (MEG, MAX, PAT, ANA)
    ids = dict(zip((one.user_id for one in people), world.seed(*people), strict=True))
    for number, someone in enumerate(people):
        role = "manager" if someone in (MEG, MAX) else "member"
        held = membership(ids[someone.user_id], membership_id=f"mbr_{number}", role=role)
        world.tell("membership.granted", held)
    return ids


def start(world: World, account_id: str, manager_id: str, organization_id: str = CLINIC, **more: Any) -> httpx.Response:
    """What access-manager asks when a manager presses the button."""
    client = world.api("accounts.recover", client="access-manager")
    body = {"organization_id": organization_id, "manager_id": manager_id, **more}
    return client.post(f"/api/identity/v1/accounts/{account_id}/recoveries", json=body)


def by_desk(
    world: World, account_id: str, what: str = "both", evidence: str = "Called back, knew the last claim"
) -> Any:
    """What the desk does once it has made sure of the person."""
    with world.context.transaction() as work:
        return service.start_by_desk(work, account_id, evidence, what)
