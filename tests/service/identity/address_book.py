"""A person at their contact points: the steps that many tests of them take."""

import re
from datetime import timedelta

from identity.contacts import service as contacts
from identity.contacts.models import ContactPoint
from identity.contacts.service import Contact
from identity.demo import Someone
from tests.service.identity.world import PASSWORD, World, type_code
from tests.support.pages import PageVisitor

LIST = "/account/contacts"
SECOND = "pat.partner@home.example"
HOUR = timedelta(hours=1)
LINK = re.compile(r"http://localhost:8000(/account/contacts/answer\?token=[\w-]+)")
PROVED_EMAIL = "Prove this address"


def at_contacts(world: World, someone: Someone) -> PageVisitor:
    """Return a browser at the person's contact points, signed in as strongly as the account can."""
    world.clock.advance(timedelta(seconds=30))  # an app's code is good once
    level = "urn:gatehouse:acr:2" if someone.totp_secret else None
    visitor = world.signed_in(someone, world.ticket(return_path=LIST, required_acr=level))
    if someone.totp_secret:
        type_code(visitor, world.code())
    return visitor


def sent_code(world: World, to: str) -> str:
    """Return the newest code that went to the address."""
    texts = [row.body for row in world.mails() if row.recipient == to]
    found = [match for text in texts if (match := re.search(r"(?<!\d)(\d{6})(?!\d)", text))]
    return found[-1].group(1)


def add(world: World, visitor: PageVisitor, address: str = SECOND, kind: str = "email") -> None:
    """Add an address and prove it with the code that was sent there."""
    ask(visitor, address, kind)
    type_code(visitor, sent_code(world, address), PROVED_EMAIL)


def ask(visitor: PageVisitor, address: str, kind: str = "email") -> None:
    """Ask for an address to be added; a code goes there."""
    visitor.open(f"{LIST}/add/{kind}")
    visitor.fill("E-mail address" if kind == "email" else "Mobile phone", address)
    visitor.press("Send the code")


def listed(world: World, account_id: str, address: str = SECOND) -> Contact | None:
    """Return the address as other rooms see it."""
    with world.context.reading() as session:
        found = contacts.listing(session, account_id)
    return next((one for one in found if one.address == address), None)


def recovers(world: World, address: str) -> list[str]:
    """Return the accounts that could be recovered through the address now."""
    with world.context.reading() as session:
        return contacts.accounts_at(session, address, world.clock.now())


def links_to(world: World, address: str) -> list[str]:
    """Return the links about changes that went to an address, oldest first."""
    return [hit for row in world.mails() if row.recipient == address for hit in LINK.findall(row.body)]


def answer(world: World, link: str, choice: str) -> PageVisitor:
    """Open the link in a browser where nobody is signed in, and answer."""
    visitor = world.browser()
    visitor.open(link)
    visitor.choose(choice)
    visitor.press("Send my answer")
    return visitor


def with_unproved_address(world: World) -> PageVisitor:
    """Return the browser of a staff member whose address nobody proved."""
    (account_id,) = world.seed(Someone("sam.staff", PASSWORD, "Sam Staff", "sam@payer.example", active=True))
    with world.context.transaction() as work:
        point = contacts.listing(work.session, account_id)[0]
        row = work.session.get_one(ContactPoint, point.id)
        row.proved_at = row.trusted_from = None
    return at_contacts(world, Someone("sam.staff", PASSWORD, "Sam Staff", "sam@payer.example"))
