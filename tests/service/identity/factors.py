"""People with second factors, and what their telephones and mailboxes hold."""

import re
from dataclasses import replace

from identity.contacts import service as contacts
from identity.mfa import binding, recovery_codes
from identity.policies import service as policies
from shared.service import SYSTEM
from tests.service.identity.world import MEG, PAT, World, type_code
from tests.support.pages import PageVisitor

TWO_FACTORS = "urn:gatehouse:acr:2"
WHY = "Decided by the security board for the pilot office"
TED = replace(PAT, user_id="ted.texts", display_name="Ted Texts", email="ted@lakeside.example", mobile="+12025550111")
IDA = replace(MEG, user_id="ida.invalid", display_name="Ida Invalid", email="ida@lakeside.invalid", mobile=None)


def with_phone(world: World, someone: object = TED) -> str:
    """Somebody whose only second factor is codes by text message; return the account id."""
    (account_id,) = world.seed(someone)  # type: ignore[arg-type]
    bind(world, account_id, "sms")
    return account_id


def bind(world: World, account_id: str, kind: str) -> None:
    """Make a proved contact of this kind a way of signing in."""
    with world.context.transaction(SYSTEM) as work:
        found = [one for one in contacts.listing(work.session, account_id) if one.kind == kind]
        assert binding.bind_contact(work, found[0])


def recovery_set(world: World, account_id: str) -> list[str]:
    """Give the account recovery codes."""
    with world.context.transaction(SYSTEM) as work:
        return recovery_codes.new_set(work, account_id)


def policy(world: World, name: str, value: object) -> None:
    """Let an operator decide."""
    with world.context.transaction(SYSTEM) as work:
        policies.set_policy(work, name, value, WHY)


def texts(world: World, to: str = "") -> list[str]:
    """The text messages that wait to be sent, oldest first."""
    return [mail.body for mail in world.mails() if mail.channel == "sms" and to in mail.recipient]


def code_in(message: str) -> str:
    """The six digits of a message."""
    found = re.search(r"\b(\d{6})\b", message)
    assert found is not None, message
    return found.group(1)


def ask_for_code(world: World, someone: object = TED, address: str | None = None) -> PageVisitor:
    """A browser in which the password was typed and a code by text message asked for."""
    visitor = world.signed_in(someone, address or world.ticket(required_acr=TWO_FACTORS))  # type: ignore[arg-type]
    visitor.press("Send the code")
    return visitor


def strongly(world: World, someone: object = MEG, address: str = "/account") -> PageVisitor:
    """A browser in which somebody with an app is signed in by both factors."""
    visitor = world.signed_in(someone, world.ticket(required_acr=TWO_FACTORS))  # type: ignore[arg-type]
    type_code(visitor, world.code())
    visitor.open(address)
    return visitor


def subjects(world: World, to: str = "") -> list[str]:
    """Subjects of the mails that wait, oldest first."""
    return [mail.subject for mail in world.mails() if mail.channel == "email" and to in mail.recipient]
