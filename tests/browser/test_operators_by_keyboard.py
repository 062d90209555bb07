"""The operators' pages without a mouse (capability O1): everything is reached by Tab and done by Enter or Space."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import USABLE, tab_to
from tests.journeys.story import THURSDAY, sign_in
from tests.support.chromium import ChromiumVisitor
from tests.support.world import OneProcess, code_now, one_process, person

pytestmark = pytest.mark.browser
OPERATOR, SUBJECT = "kim.tanaka", "priya.nair"
ROLES = {
    OPERATOR: ("/admin", "/admin/policies", "/admin/policies/risk_weights", "/admin/organizations", "/admin/audit"),
    "rosa.ramirez": ("/admin",),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people."""
    with one_process(tmp_path_factory.mktemp("keyboard"), THURSDAY) as running:
        yield running


def arrive(browser: Browser, world: OneProcess, who: str) -> ChromiumVisitor:
    """Somebody of the staff, signed in at /admin with two factors."""
    world.set_clock(world.now() + timedelta(seconds=30))  # each code is good once
    visitor = ChromiumVisitor(browser, world.base_url)
    sign_in(visitor, "/admin", who, person(world, who)["password"])
    visitor.fill("6-digit code", code_now(world, who))
    visitor.press("Continue")
    return visitor


@pytest.mark.parametrize("who", ROLES)
def test_every_control_of_every_page_is_reached_in_order(browser: Browser, world: OneProcess, who: str) -> None:
    """Tab visits everything that can be used, once, with a focus that is seen; nothing holds it (WCAG 2.1.1, 2.1.2)."""
    visitor = arrive(browser, world, who)
    for address in ROLES[who]:
        visitor.open(address)
        expected = visitor.page.evaluate(f"{USABLE}.length")
        radios = visitor.page.evaluate("document.querySelectorAll('input[type=radio]').length")
        seen = set()
        for _ in range(expected + 5):
            visitor.page.keyboard.press("Tab")
            seen.add(visitor.page.evaluate(f"{USABLE}.indexOf(document.activeElement)"))
        assert len(seen - {-1}) >= expected - max(0, radios - 1), address
    visitor.close()
    assert visitor.faults == []


def test_an_account_is_found_suspended_and_reinstated_by_keyboard(browser: Browser, world: OneProcess) -> None:
    """Search, account, act, reason, done: and after a fault the summary has the focus."""
    visitor = arrive(browser, world, OPERATOR)
    page = visitor.page
    tab_to(page, "User ID, e-mail address")
    page.keyboard.type(SUBJECT)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/accounts/acc_*")
    tab_to(page, "Suspend the account")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suspend")
    tab_to(page, "Suspend the account now")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-error-summary]:focus")
    tab_to(page, "Reason")
    page.keyboard.type("Asked by the practice")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=suspend")
    assert "The account is suspended" in visitor.text
    tab_to(page, "Reinstate the account")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reinstate")
    tab_to(page, "Reason")
    page.keyboard.type("The practice called back")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=reinstate")
    assert "The account stands where it stood before." in visitor.text
    visitor.close()
    assert visitor.faults == []


def test_a_policy_is_changed_by_keyboard(browser: Browser, world: OneProcess) -> None:
    """Radio buttons by arrows, the justification by typing, the button by Space."""
    visitor = arrive(browser, world, OPERATOR)
    page = visitor.page
    visitor.open("/admin/policies/sms_for_managers")
    tab_to(page, "no")
    page.keyboard.press("ArrowUp")
    tab_to(page, "Justification")
    page.keyboard.type("Decided by the payer's security board")
    tab_to(page, "Change this policy")
    page.keyboard.press("Space")
    page.wait_for_url("**/admin/policies?done=sms_for_managers")
    visitor.open("/admin/policies/deviations")
    assert "Decided by the payer's security board" in visitor.text
    visitor.close()
    assert visitor.faults == []
