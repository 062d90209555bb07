"""Browsers of several makes at several addresses, and what the service knows of them; for tests of devices and risk."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from sqlalchemy import text

from identity.demo import Someone
from tests.service.identity.world import World, type_password
from tests.support.pages import PageVisitor
from tests.support.places import network_file, place_file

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
CHROME_NEXT = CHROME.replace("126", "127")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
OFFICE, TOWN, LISBON, UNPLACED = "192.0.2.10", "192.0.2.200", "198.51.100.7", "203.0.113.5"
COAST = "203.0.113.200"


def placed(folder: Path, **changes: Any) -> World:
    """A running identity that knows places and networks."""
    files = {"place_file": place_file(folder), "network_file": network_file(folder)}
    return World(folder, changes={**files, **changes})


def at(world: World, address: str = OFFICE, agent: str = CHROME, language: str = "en") -> PageVisitor:
    """Somebody at a browser of their own at this address."""
    visitor = world.browser(language, address)
    visitor._http.headers["User-Agent"] = agent
    return visitor


def same_browser(world: World, visitor: PageVisitor, address: str, agent: str = CHROME) -> PageVisitor:
    """The browser's cookies at another address, or in another browser: carried, or copied."""
    other = at(world, address, agent)
    for cookie in visitor.cookies.jar:
        other.cookies.jar.set_cookie(cookie)
    return other


def closed(visitor: PageVisitor) -> PageVisitor:
    """The same browser after it was closed: cookies without an end are gone."""
    for cookie in list(visitor.cookies.jar):
        if cookie.expires is None:
            visitor.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
    return visitor


def sign_in(visitor: PageVisitor, someone: Someone, address: str = "/login") -> PageVisitor:
    """Type user ID and password; skips the offer of a second way."""
    type_password(visitor, someone.user_id, someone.password, address)
    return visitor


def sign_out(visitor: PageVisitor) -> None:
    """Leave by the page."""
    visitor.open("/logout")
    visitor.press("Sign out")


def known_at(world: World, someone: Someone, address: str = OFFICE) -> PageVisitor:
    """A browser from which the person signed in before, and out again."""
    visitor = sign_in(at(world, address), someone)
    sign_out(visitor)
    return visitor


def codes_sent(world: World) -> list[str]:
    """The codes in the mails that wait, oldest first."""
    return [
        found.group() for mail in world.mails() if (found := re.search(r"\b\d{6}\b", mail.subject + " " + mail.body))
    ]


def sign_ins(world: World) -> Sequence[Any]:
    """Every row about a sign-in, oldest first."""
    with world.context.reading() as session:
        return session.execute(text("SELECT * FROM sign_ins ORDER BY at, id")).all()


def device_cookie(visitor: PageVisitor) -> str | None:
    """The secret by which the browser is known."""
    return next((cookie.value for cookie in visitor.cookies.jar if cookie.name.endswith("gh_device")), None)


def letters(world: World, subject: str) -> list[Any]:
    """The mails with this subject."""
    return [mail for mail in world.mails() if mail.subject == subject]


def post(visitor: PageVisitor, path: str, **fields: str) -> int:
    """Send a form that no page offers, with the token of a page that the browser may see; return the status."""
    found: list[str] = []
    for page in ("/logout", "/login"):  # the one has a form for who is signed in, the other for who is not
        if not found:
            visitor.open(page)
            found = visitor._page.xpath("//input[@name='csrf_token']/@value")
    sent = [("csrf_token", str(found[0])), *fields.items()]
    return visitor._send("POST", urljoin(visitor.address, path), sent, visitor.address).status_code
