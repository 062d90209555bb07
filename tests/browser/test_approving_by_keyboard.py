"""The longest real task of an access manager, without a mouse (O1): ten people ask to join, and all are approved.

What counts is the number of keys: at one a second, which is slow, the task is done in under a minute.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import USABLE
from tests.journeys.story import MANAGED, THURSDAY, organization, sign_in
from tests.support.chromium import ChromiumVisitor
from tests.support.world import OneProcess, code_now, one_process, person

pytestmark = pytest.mark.browser
MANAGER, PEOPLE, MOST_KEYS = "alice.moreno", 10, 60
NEWCOMERS = PEOPLE - 1  # one waits in the demo data already
FUNCTIONS = ("eligibility.view", "claims.status.view")
PAGES = ("/manage", "/manage/people", "/manage/history", "/manage/mine", "/manage/mine/ask")
_SAYS = "() => (document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText ?? '').trim()"


class Fingers:
    """A keyboard that counts what is pressed."""

    def __init__(self, visitor: ChromiumVisitor) -> None:
        self._page, self.pressed = visitor.page, 0

    def tab_to(self, text: str) -> None:
        """Tab until what has the focus says this."""
        for _ in range(MOST_KEYS):
            self._press("Tab")
            if str(self._page.evaluate(_SAYS)).startswith(text):
                return
        raise AssertionError(f"{text!r} is not reached by {MOST_KEYS} keys")

    def use(self, text: str) -> None:
        """Reach a link or a button and press Enter; the next page is there when this returns."""
        self.tab_to(text)
        with self._page.expect_navigation():
            self._press("Enter")

    def skip(self) -> None:
        """Jump over the header."""
        self.tab_to("Skip to main content")
        self._press("Enter")

    def _press(self, key: str) -> None:
        self._page.keyboard.press(key)
        self.pressed += 1


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people, of whom one asks to join the practice, and nine more who do."""
    with one_process(tmp_path_factory.mktemp("approving"), THURSDAY) as running:
        practice = organization(running, MANAGED)["id"]
        with running.suite.contexts["registration"].transaction() as work:
            for number in range(NEWCOMERS):
                told = _asks(number, practice)
                work.publish("user.registered", subject=str(told["application_id"]), sequence=1, data=told)
        running.settle()
        yield running


@pytest.fixture
def alice(browser: Browser, world: OneProcess) -> Iterator[ChromiumVisitor]:
    """A manager, signed in with two factors."""
    world.set_clock(world.now() + timedelta(seconds=30))  # each code is good once
    visitor = ChromiumVisitor(browser, world.base_url)
    sign_in(visitor, "/manage", MANAGER, person(world, MANAGER)["password"])
    visitor.fill("6-digit code", code_now(world, MANAGER))
    visitor.press("Continue")
    yield visitor
    visitor.close()
    assert visitor.faults == []


def test_every_control_of_the_managers_pages_is_reached(alice: ChromiumVisitor) -> None:
    """O1, the access manager: Tab visits everything that can be used, with a focus that is seen (WCAG 2.1.1)."""
    for address in PAGES:
        alice.open(address)
        expected = alice.page.evaluate(f"{USABLE}.length")
        groups = alice.page.evaluate("document.querySelectorAll('input[type=radio]').length")
        seen = set()
        for _ in range(expected + 5):
            alice.page.keyboard.press("Tab")
            seen.add(alice.page.evaluate(f"{USABLE}.indexOf(document.activeElement)"))
        assert len(seen - {-1}) >= expected - max(0, groups - 1), address


def test_ten_people_are_approved_in_under_a_minute(alice: ChromiumVisitor, world: OneProcess) -> None:
    """O1, G5: from the inbox over the page that lists every change to the result, and everybody can work."""
    alice.open("/manage")
    assert f"Approve {PEOPLE} requests as asked" in alice.text
    fingers = Fingers(alice)
    fingers.skip()
    fingers.use(f"Approve {PEOPLE} requests as asked")
    assert all(f"Nora Newcomer {number}" in alice.text for number in range(NEWCOMERS))
    fingers.skip()
    fingers.use(f"Approve {PEOPLE} requests")
    assert f"{PEOPLE} requests approved" in alice.text
    assert fingers.pressed <= MOST_KEYS // 2, f"{fingers.pressed} keys"
    world.settle()
    given = [event for event in world.events() if event.type == "membership.granted"]
    assert len({each.data["account_id"] for each in given}) == PEOPLE


def _asks(number: int, practice: str) -> dict[str, object]:
    name = {"display_name": f"Nora Newcomer {number}", "email": f"nora{number}@northfield.example", "mobile": None}
    return {
        "application_id": f"app_newcomer_{number}",
        "account_id": f"acc_newcomer_{number}",
        "person": name,
        "kind": "representative",
        "organization_id": practice,
        "organization_name": MANAGED,
        "route": "managers",
        "functions": list(FUNCTIONS),
        "profile": None,
        "submitted_at": THURSDAY - timedelta(hours=number + 1),
        "due_at": THURSDAY + timedelta(days=14),
    }
