"""Somebody with addresses in every state, and somebody who closed their account, for the pages that show them."""

import re

from tests.journeys.story import code_in
from tests.support.pages import PageVisitor
from tests.support.world import World

ASKED, WAITING = "uma.asked@home.example", "uma.brook@home.example"


def add_addresses(visitor: PageVisitor, world: World) -> dict[str, str]:
    """Ask for one address and prove another; return the ids of both, and the link that the first address got."""
    places = {"contact_asked": _ask(visitor, ASKED), "contact_waiting": _ask(visitor, WAITING)}
    world.settle()
    visitor.fill("6-digit code", code_in(world, WAITING))
    visitor.press("Prove this address")
    assert "can help you to get back in from" in visitor.text, visitor.text
    world.settle()
    return places


def answer_link(world: World, address: str) -> str:
    """Return the link about a change that went to an address."""
    found = re.search(r"/account/contacts/answer\?token=[\w-]+", world.messages(address)[0]["text"])
    assert found, world.messages(address)[0]
    return found.group()


def close(visitor: PageVisitor) -> None:
    """Close the account of whoever is signed in."""
    visitor.open("/account/close")
    visitor.choose("Yes, close my account for good")
    visitor.press("Close my account")
    assert "Your account is closed" in visitor.text, visitor.text


def _ask(visitor: PageVisitor, address: str) -> str:
    visitor.open("/account/contacts/add/email")
    visitor.fill("E-mail address", address)
    visitor.press("Send the code")
    return visitor.address.split("/")[-2]
