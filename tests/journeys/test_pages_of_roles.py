"""Consoles for office manager, payer's desk, auditor and operator: every page of each role, by its links (O1).

From where a role begins, every link is followed and every button pressed once, as somebody without scripts does. What
is refused is a control that this role may not use; what a keyboard does not reach is a control for some people only.
"""

import re
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyotp
import pytest
from lxml.html import HtmlElement

from tests.journeys.story import THURSDAY, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, one_process

# Who they are in the demo, where they begin, and how many kinds of pages each has at least.
ROLES: dict[str, tuple[str, tuple[str, ...], int]] = {
    "office manager": ("alice.moreno", ("/manage", "/manage/mine"), 40),
    "manager alone": ("nora.lindqvist", ("/manage", "/manage/mine"), 40),
    "manager of a company": ("hugo.brandt", ("/manage", "/manage/mine"), 20),
    "desk": ("rosa.ramirez", ("/desk", "/admin"), 5),
    "auditor": ("victor.lang", ("/admin",), 5),
    "operator": ("kim.tanaka", ("/admin", "/hours"), 20),
}
_ALIKE = 2  # how many pages of one kind are looked at: two people, two months
_CONSOLES = ("/manage", "/desk", "/admin", "/hours")
_REFUSED = {403, 404, 405, 500}
_ID = re.compile(r"(?<=/)[^/]*(?:[a-z]{3,4}_|\d)[^/]*")
_CONTROLS = ("a", "button", "input", "select", "textarea", "summary")
# A script in an attribute, a key of one's own, and what only looks like a control.
_ODD = "//*[@*[starts-with(name(), 'on')]] | //*[@accesskey] | //*[@role='button' or @role='link']"
_NAMED_BY_TEXT = ("a", "button", "summary")


@dataclass
class Walk:
    """What one role saw: pages by kind, buttons by where they lead and what they say, and every fault.

    `pages` holds the address of one page of each kind.
    """

    visitor: PageVisitor
    kinds: Counter[str] = field(default_factory=Counter)
    pages: dict[str, str] = field(default_factory=dict)
    buttons: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)

    def everywhere(self, *begins: str) -> None:
        """Follow every link of the consoles, breadth first; a link that leads out of them is opened once."""
        waiting = deque((urljoin(self.visitor.address, each), "the beginning") for each in begins)
        while waiting:
            address, said_by = waiting.popleft()
            if not self._is_new(address):
                continue
            self.visitor.open(address)
            if self.visitor.answer.status_code in _REFUSED:
                self.faults.append(f"{said_by} leads to {address}: {self.visitor.answer.status_code}")
            elif _in_a_console(self.visitor.address):
                self._look()
                waiting.extend((each, urlsplit(address).path) for each in self.visitor.links())

    def _is_new(self, address: str) -> bool:
        whole = urlsplit(address)
        here = whole.netloc == urlsplit(self.visitor.address).netloc and whole.scheme in ("http", "https")
        without = whole._replace(fragment="").geturl()
        seen = without in self._asked or self.kinds[_kind(address)] >= _ALIKE
        if seen or not here or "lang" in dict(parse_qsl(whole.query)):
            return False
        self._asked.add(without)
        self.kinds[_kind(address)] += 1
        return True

    def _look(self) -> None:
        page, here = self.visitor._page, self.visitor.address
        if "html" in self.visitor.answer.headers.get("Content-Type", ""):
            self.pages.setdefault(_kind(here), here)
        self.faults += [f"{here}: {fault}" for fault in pointer_only(page)]
        for form in page.xpath("//form[translate(@method, 'POST', 'post') = 'post']"):
            for button in form.xpath(".//button[not(@type='button')] | .//input[@type='submit']"):
                words = " ".join(button.text_content().split())
                lead = button.get("formaction") or form.get("action") or here
                if not lead.endswith(("/signout", "/logout")):
                    self.buttons.setdefault((_kind(urljoin(here, lead)), words), here)

    def press_each(self, undo: Callable[[], None]) -> None:
        """Press each button once, with the form as it stands; `undo` puts everything back."""
        for (kind, words), page in self.buttons.items():
            self.visitor.open(page)
            before = len(self.visitor.visited)
            self.visitor.press(words)
            if self.visitor.answer.status_code in _REFUSED:
                self.faults.append(f"{words!r} of {page} ({kind}): {self.visitor.answer.status_code}")
            if len(self.visitor.visited) > before + 1:  # led on: something was done
                undo()


def pointer_only(page: HtmlElement) -> Iterator[str]:
    """Whatever on a page a keyboard does not reach, or reaches out of order or without a name."""
    for each in page.xpath("//*[@tabindex]"):
        if each.tag in _CONTROLS or each.get("tabindex") not in ("-1", "0"):
            yield f"Tab does not come here in its turn: {_start(each)}"
    for each in page.xpath(
        "//*[@*[starts-with(name(), 'on')]] | //*[@accesskey] | //*[@role='button' or @role='link']"
    ):
        yield f"it acts as no control of a browser does: {_start(each)}"
    for each in page.xpath("//a[not(@href)]"):
        yield f"a link that leads nowhere: {_start(each)}"
    for each in page.xpath("|".join(f"//{tag}" for tag in _CONTROLS)):
        if each.get("type") != "hidden" and not _name_of(page, each):
            yield f"nobody hears what it is: {_start(each)}"


def _name_of(page: HtmlElement, control: HtmlElement) -> str:
    said = [control.get("aria-label", ""), control.text_content() if control.tag in _NAMED_BY_TEXT else ""]
    said += [each.text_content() for each in page.xpath("//label[@for=$id]", id=control.get("id") or "-")]
    said += [each.text_content() for each in control.xpath("ancestor::label")]
    return "".join(said).strip()


def _start(element: HtmlElement) -> str:
    return " ".join(f"{name}={value}" for name, value in [("tag", element.tag), *element.items()])[:150]


def _kind(address: str) -> str:
    """The address without what differs between two pages of one kind: ids, days, values."""
    parts = urlsplit(address)
    named = sorted({name for name, value in parse_qsl(parts.query) if value})
    return f"{_ID.sub('*', parts.path)}?{','.join(named)}"


def _in_a_console(address: str) -> bool:
    return urlsplit(address).path.startswith(_CONSOLES)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with its demo data."""
    with one_process(tmp_path_factory.mktemp("roles"), THURSDAY) as running:
        yield running


def kept(world: OneProcess, folder: Path) -> Callable[[], None]:
    """Keep the databases as they are now, through SQLite's own copying; what is returned puts them back."""
    files = sorted(world.suite.folder.glob("*.db"))
    for file in files:
        _copy(file, folder / file.name)

    def undo() -> None:
        for file in files:
            _copy(folder / file.name, file)

    return undo


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target, timeout=20)) as written:
        read.backup(written)


def arrive(world: OneProcess, user_id: str, address: str) -> PageVisitor:
    """Sign in with two factors."""
    login = next(each for each in [*world.facts["people"], *world.facts["auditors"]] if each["user_id"] == user_id)
    world.set_clock(world.now() + timedelta(seconds=30))  # each code is good once
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, address, user_id, login["password"])
    visitor.fill("6-digit code", pyotp.TOTP(login["totp_secret"]).at(world.now()))
    visitor.press("Continue")
    return visitor


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_no_control_it_may_not_use(world: OneProcess, tmp_path: Path, role: str) -> None:
    """O1: no link and no button leads to a refusal; each control has a name and its turn for the keyboard."""
    user_id, begins, kinds = ROLES[role]
    walk = Walk(arrive(world, user_id, begins[0]))
    walk.everywhere(*begins)
    assert walk.faults == []
    assert len(walk.kinds) >= kinds, sorted(walk.kinds)
    walk.press_each(kept(world, tmp_path))
    assert walk.faults == []
