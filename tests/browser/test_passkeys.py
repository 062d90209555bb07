"""Passkeys in Chromium with a virtual authenticator, under the real Content-Security-Policy (B2, threat 31)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.story import THURSDAY
from tests.support.chromium import ChromiumVisitor
from tests.support.virtual_authenticator import VirtualAuthenticator, plug_in
from tests.support.world import OneProcess, one_process, person

pytestmark = pytest.mark.browser
WHO = "priya.nair"
MAKE = "/account/methods/passkeys"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people."""
    with one_process(tmp_path_factory.mktemp("passkeys"), THURSDAY) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, world: OneProcess) -> Iterator[ChromiumVisitor]:
    """A window of its own; at its end the console has complained of nothing."""
    opened = ChromiumVisitor(browser, world.base_url)
    yield opened
    opened.close()
    assert opened.faults == []


def type_password(visitor: ChromiumVisitor, world: OneProcess) -> None:
    """Sign in by user ID and password."""
    visitor.open("/login")
    visitor.fill("User ID", WHO)
    visitor.fill("Password", person(world, WHO)["password"])
    visitor.press("Sign in")


def make(visitor: ChromiumVisitor) -> VirtualAuthenticator:
    """Plug a device in and make a passkey with it on one's own page."""
    device = plug_in(visitor.page)
    visitor.open(MAKE)
    visitor.page.get_by_role("button", name="Make a passkey").click()
    visitor.page.wait_for_url(re.compile(r"/account/methods/passkeys/pky_"))
    return device


def sign_out(visitor: ChromiumVisitor) -> None:
    """Leave, so that nobody is signed in here."""
    visitor.open("/logout")
    visitor.press("Sign out")


def ask_by_button_only(visitor: ChromiumVisitor) -> None:
    """From here on the browser offers nothing by itself under the user ID field, as some cannot."""
    visitor.page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")


@pytest.fixture
def device(visitor: ChromiumVisitor, world: OneProcess) -> VirtualAuthenticator:
    """A device with a new passkey of the demo person, who is signed in; every test leaves one more behind."""
    visitor.page.context.clear_cookies()
    return made_by(visitor, world)


def made_by(visitor: ChromiumVisitor, world: OneProcess) -> VirtualAuthenticator:
    """Sign in and make a passkey, by whichever way the account still has."""
    forget_passkeys(world)
    type_password(visitor, world)
    return make(visitor)


def forget_passkeys(world: OneProcess) -> None:
    """Start from an account without any: what another test made is gone with its window."""
    with world.suite.contexts["identity"].transaction() as work:
        work.session.connection().exec_driver_sql("DELETE FROM passkeys")


def pressed(visitor: ChromiumVisitor, button: str) -> str:
    """Press the button and return what the page says about it in the end."""
    part = visitor.page.locator("[data-passkey]")
    part.get_by_role("button", name=button).click()
    expect(part.get_by_role("button")).not_to_have_attribute("aria-disabled", "true")
    return part.locator("[data-said]").inner_text()


def test_a_passkey_is_made_named_and_used_without_a_name(
    visitor: ChromiumVisitor, device: VirtualAuthenticator
) -> None:
    """The whole way: make, name, sign out, choose it from under the user ID field: nothing was typed."""
    assert "Your passkey is ready" in visitor.text
    visitor.fill("Name of the passkey", "Front desk computer")
    visitor.press("Keep this name")
    (key,) = device.keys()
    assert key["rpId"] == "localhost"
    assert key["isResidentCredential"] is True
    sign_out(visitor)
    visitor.open("/login")
    visitor.page.wait_for_url(re.compile(r"/(account|login/nudge)$"))
    visitor.open("/account")
    assert "Priya Nair" in visitor.page.inner_text("body")


def test_the_button_signs_in_too(visitor: ChromiumVisitor, device: VirtualAuthenticator) -> None:
    """For browsers and people that do not use the field: by keyboard, with words before and after."""
    sign_out(visitor)
    ask_by_button_only(visitor)
    for at_hand in (False, True):
        device.at_hand(at_hand)
        visitor.open("/login")
        visitor.page.get_by_role("button", name="Sign in with a passkey").focus()
        visitor.page.keyboard.press("Enter")
        if not at_hand:
            expect(visitor.page.locator("[data-said]")).to_have_text("Your browser asks for your passkey now.")
    visitor.page.wait_for_url(re.compile(r"/(account|login/nudge)$"))


def test_a_device_that_stays_locked_signs_nobody_in(visitor: ChromiumVisitor, device: VirtualAuthenticator) -> None:
    """User verification is required: without it the browser gives nothing, and the page says what now."""
    sign_out(visitor)
    ask_by_button_only(visitor)
    device.unlocked(False)
    visitor.open("/login")
    assert pressed(visitor, "Sign in with a passkey") == "No passkey was used. Try again, or use another way."
    visitor.open("/account")
    assert "/login" in visitor.address


def test_a_device_has_one_passkey_for_an_account(visitor: ChromiumVisitor, device: VirtualAuthenticator) -> None:
    """The browser is told which keys the person has, and does not make a second on the same device."""
    visitor.open(MAKE)
    assert "This device has a passkey for your account already" in pressed(visitor, "Make a passkey")
    assert len(device.keys()) == 1


def test_a_copied_key_is_found_out(
    visitor: ChromiumVisitor, device: VirtualAuthenticator, browser: Browser, world: OneProcess
) -> None:
    """Threat 31: a copy whose counter lags behind is refused in words, and the original stops as well."""
    (key,) = device.keys()
    sign_out(visitor)
    visitor.open("/login")
    visitor.page.wait_for_url(re.compile(r"/(account|login/nudge)$"))
    thief = ChromiumVisitor(browser, world.base_url)
    ask_by_button_only(thief)
    plug_in(thief.page).add(key)
    thief.open("/login")
    assert "This passkey was stopped" in pressed(thief, "Sign in with a passkey")
    assert thief.faults == []
    thief.close()


def test_another_site_s_key_is_of_no_use(visitor: ChromiumVisitor, device: VirtualAuthenticator) -> None:
    """B2, wrong RP id: a key for another name is not offered for ours."""
    (key,) = device.keys()
    sign_out(visitor)
    ask_by_button_only(visitor)
    device.devtools.send(
        "WebAuthn.removeCredential", {"authenticatorId": device.id, "credentialId": key["credentialId"]}
    )
    device.add({**key, "rpId": "evil.example"})
    visitor.open("/login")
    assert pressed(visitor, "Sign in with a passkey") == "No passkey was used. Try again, or use another way."


def test_a_false_name_of_ours_is_refused_by_the_browser(visitor: ChromiumVisitor, device: VirtualAuthenticator) -> None:
    """B2, wrong RP id: options for another host than the page's come to nothing, and the page says so."""
    sign_out(visitor)
    ask_by_button_only(visitor)

    def false_name(route: Route) -> None:
        answer = route.fetch()
        body: dict[str, Any] = answer.json()
        route.fulfill(response=answer, body=json.dumps({**body, "rpId": "evil.example"}))

    visitor.page.route("**/login/passkey/options*", false_name)
    visitor.open("/login")
    assert pressed(visitor, "Sign in with a passkey") == "Passkeys do not work at this address."


def test_a_passkey_can_be_the_missing_factor(visitor: ChromiumVisitor, world: OneProcess) -> None:
    """An app that asks for two factors: the passkey is made on the way, and counts at once."""
    forget_passkeys(world)
    plug_in(visitor.page)
    visitor.open("/manage")
    visitor.fill("User ID", WHO)
    visitor.fill("Password", person(world, WHO)["password"])
    visitor.press("Sign in")
    assert "/login/enrol" in visitor.address
    visitor.follow("Make a passkey")
    visitor.page.get_by_role("button", name="Make a passkey").click()
    visitor.page.wait_for_url(re.compile(r"/manage"))


def test_a_passkey_is_the_second_proof(
    visitor: ChromiumVisitor, device: VirtualAuthenticator, world: OneProcess
) -> None:
    """Password first, then the passkey: the picker offers it as the strongest way."""
    sign_out(visitor)
    ask_by_button_only(visitor)
    type_password(visitor, world)
    assert "/login/prove" in visitor.address
    visitor.page.get_by_role("button", name="Sign in with a passkey").click()
    visitor.page.wait_for_url(re.compile(r"/(account|login/nudge)$"))


def test_without_scripts_there_is_another_way(browser: Browser, world: OneProcess) -> None:
    """No dead button at sign-in; on the page that makes passkeys, words that lead on."""
    forget_passkeys(world)
    plain = ChromiumVisitor(browser, world.base_url, scripts=False)
    type_password(plain, world)
    plain.open(MAKE)
    assert "This browser cannot make passkeys" in plain.text
    assert not plain.page.get_by_role("button", name="Make a passkey").is_visible()
    sign_out(plain)
    plain.open("/login")
    assert not plain.page.get_by_role("button", name="Sign in with a passkey").is_visible()
    plain.close()


def test_with_the_network_gone_the_page_says_so(visitor: ChromiumVisitor, device: VirtualAuthenticator) -> None:
    """Nothing hangs and nothing is blamed on the person."""
    sign_out(visitor)
    ask_by_button_only(visitor)
    visitor.open("/login")
    visitor.page.route("**/login/passkey/options*", lambda route: route.abort())
    assert pressed(visitor, "Sign in with a passkey") == "There is no connection. Check your network, then try again."


def test_a_key_that_was_removed_here_is_forgotten_there(
    visitor: ChromiumVisitor, device: VirtualAuthenticator, world: OneProcess
) -> None:
    """The page says that it is not known, and tells whoever keeps it, so that it is not offered again (§5.1.10)."""
    sign_out(visitor)
    ask_by_button_only(visitor)
    visitor.open("/login")
    forget_passkeys(world)
    assert "This passkey is not known here" in pressed(visitor, "Sign in with a passkey")
    assert device.keys() == []


def test_a_page_left_open_keeps_offering(visitor: ChromiumVisitor, world: OneProcess) -> None:
    """A challenge lives ten minutes; the one that waits under the user ID field is renewed before that."""
    forget_passkeys(world)
    plug_in(visitor.page).at_hand(False)
    visitor.page.clock.install()
    with visitor.page.expect_request("**/login/passkey/options*"):
        visitor.open("/login")
    with visitor.page.expect_request("**/login/passkey/options*"):
        visitor.page.clock.fast_forward("09:01")


def test_somebody_signed_out_meanwhile_is_led_to_sign_in(
    visitor: ChromiumVisitor, device: VirtualAuthenticator
) -> None:
    """The script does not ask the device for a key that nobody could keep: the page itself leads to sign-in."""
    visitor.open(MAKE)
    visitor.page.context.clear_cookies(name="gh_session")
    visitor.page.get_by_role("button", name="Make a passkey").click()
    visitor.page.wait_for_url(re.compile(r"/login\?ticket="))
    assert len(device.keys()) == 1
