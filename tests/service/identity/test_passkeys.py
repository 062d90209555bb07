"""Passkeys at the front door: made, named, used without a name (B2)."""

from datetime import timedelta
from typing import Any

from webauthn.helpers import bytes_to_base64url

from shared.cache import CacheAway, MemoryCache
from shared.clock import SettableClock
from tests.service.identity.keyholders import assert_refused, device, holder, meg, pat_with_passkey
from tests.service.identity.world import MEG, MONDAY, PAT, World, cookies, type_password
from tests.support.authenticator import BE, BS, NO_MAKER, UP, UV
from tests.support.passkey_script import MAKE, Script

PHISHING_RESISTANT = "phr"


def test_a_passkey_signs_in_without_a_name(world: World) -> None:
    """B2: made on one's own page, then enough by itself, at the strongest level."""
    script = pat_with_passkey(world)
    assert script.sign_in().status_code == 200
    script.visitor.open("/account")
    assert script.visitor.address.endswith("/account")
    assert "Pat Partner" in script.visitor.answer.text
    began = world.published("session.started")[-1].data
    assert began["amr"] == ["hwk", "user", "mfa"]
    assert began["acr"] == PHISHING_RESISTANT


def test_a_synced_passkey_is_a_software_key(world: World) -> None:
    """RFC 8176: a key that can leave its device is `swk`, and still resists phishing."""
    script = pat_with_passkey(world, flags=UP | UV | BE | BS, count=None)
    script.sign_in()
    assert world.published("session.started")[-1].data["amr"] == ["swk", "user", "mfa"]
    script.visitor.open("/logout")
    script.visitor.press("Sign out")
    assert script.sign_in().status_code == 200, "a key without a counter works again and again"


def test_an_app_gets_what_it_asked_for(world: World) -> None:
    """The ticket holds: the person returns to the app, which asked for the strongest level."""
    script = pat_with_passkey(world)
    answer = script.sign_in(world.ticket(required_acr=PHISHING_RESISTANT))
    assert answer.json() == {"next": "/account?came=back"}


def test_a_new_passkey_is_told_everywhere_and_gets_a_name(world: World) -> None:
    """ASVS 6.3.7: event, audit, letter; then its owner calls it what they like (threat 46: escaped)."""
    world.seed(PAT)
    script = holder(world, world.signed_in(PAT))
    assert "Your passkey is ready" in script.visitor.text
    assert [told.data["kind"] for told in world.published("credential.changed")] == ["passkey"]
    assert any("A passkey was added" in mail.subject for mail in world.mails())
    script.visitor.fill("Name of the passkey", "<b>my phone</b>")
    script.visitor.press("Keep this name")
    assert "<b>my phone</b>" not in script.visitor.answer.text
    assert "my phone" in script.visitor.text


def test_whoever_makes_a_passkey_has_just_proved_themself(world: World) -> None:
    """The session is as strong as the new key, under a new secret (threat 20): the next page asks for nothing."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    before = list(cookies(visitor))
    holder(world, visitor)
    assert list(cookies(visitor)) != before
    visitor.open(MAKE)
    assert visitor.address.endswith(MAKE)


def test_a_name_is_needed_and_has_an_end(world: World) -> None:
    """An empty name and one of 61 letters are refused with what to do; what was typed stays."""
    world.seed(PAT)
    script = holder(world, world.signed_in(PAT))
    here = script.visitor.address
    for typed, told in (("", "Enter a name for this passkey"), ("x" * 61, "Use 60 characters or fewer")):
        script.visitor.open(here)
        script.visitor.fill("Name of the passkey", typed)
        script.visitor.press("Keep this name")
        assert script.visitor.answer.status_code == 422
        assert told in script.visitor.text


def test_the_first_name_is_the_maker_s_or_the_browser_s(world: World) -> None:
    """A known AAGUID names it, otherwise the browser does."""
    world.seed(PAT)
    maker = bytes.fromhex("ea9b8d664d011d213ce4b6b48cb575d4")
    script = holder(world, world.signed_in(PAT), maker=maker)
    assert 'value="Google Password Manager"' in script.visitor.answer.text
    script.device = device(maker=NO_MAKER)
    script.make()
    assert 'name="name" type="text" value=""' not in script.visitor.answer.text


def test_what_is_asked_for_is_the_same_for_everybody(world: World) -> None:
    """Threat 26: nobody types a name, so options tell nothing; only challenge and cookie differ."""
    world.seed(PAT)
    asked = []
    for visitor in (world.browser(), world.browser()):
        visitor.open("/login")
        asked.append(Script(visitor, device()).options())
    assert asked[0].pop("challenge") != asked[1].pop("challenge")
    assert asked[0] == asked[1]
    assert "allowCredentials" not in asked[0] or asked[0]["allowCredentials"] == []


def test_a_device_is_told_which_passkeys_the_person_has(world: World) -> None:
    """So that it does not make a second one."""
    world.seed(PAT)
    script = holder(world, world.signed_in(PAT))
    script.visitor.open(MAKE)
    (known,) = script.send(f"{MAKE}/options", {}).json()["excludeCredentials"]
    assert known["id"] == bytes_to_base64url(script.device.keys[0].id)


def test_twenty_passkeys_are_enough(world: World) -> None:
    """The twenty-first is refused, and the page does not offer it."""
    world.seed(PAT)
    script = holder(world, world.signed_in(PAT))
    for _ in range(19):
        assert script.make().status_code == 200
    script.visitor.open(MAKE)
    assert "as many passkeys as an account may have" in script.visitor.text
    script.visitor.open("/account/methods/password")
    options = script.send(f"{MAKE}/options", {}).json()
    assert_refused(script.send(f"{MAKE}/made", script.device.create(options)), "too_many")


def test_a_resting_name_does_not_stop_its_owner(world: World) -> None:
    """Threat 28: a stranger's wrong passwords lock the name; the passkey still lets its owner in."""
    script = pat_with_passkey(world)
    stranger = world.browser(address="198.51.100.7")
    for _ in range(12):
        type_password(stranger, PAT.user_id, "not the password at all")
        world.clock.advance(timedelta(seconds=61))
    type_password(stranger, PAT.user_id, PAT.password)
    assert stranger.answer.status_code == 429
    assert script.sign_in().status_code == 200


def test_with_the_cache_away_passkeys_wait_and_passwords_do_not(tmp_path: Any) -> None:
    """Fail closed, in words: no challenge is given or believed; nothing is open because of it."""
    clock = SettableClock(MONDAY)
    cache = Stumbling(clock)
    world = World(tmp_path, clock=clock, cache=cache)
    try:
        script = pat_with_passkey(world)
        script.visitor.open("/login")
        options = script.options()
        cache.away = True
        for answer in (
            script.send("/login/passkey/options", {}),
            script.send("/login/passkey", script.device.get(options)),
        ):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
            assert "Passkeys cannot be checked at the moment" in answer.json()["detail"]
        assert world.signed_in(PAT).answer.status_code == 200
    finally:
        world.close()


class Stumbling(MemoryCache):
    """A cache that can be away."""

    away = False

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name != "away" and self.away:
            return _away
        return super().__getattribute__(name)


def _away(*_: object, **__: object) -> None:
    raise CacheAway("the test says so")


def test_making_a_passkey_needs_a_fresh_sign_in(world: World) -> None:
    """Threat 32: at an unlocked screen nobody binds a key of their own; the script is sent to sign-in."""
    world.seed(PAT)
    script = Script(world.signed_in(PAT), device())
    script.visitor.open(MAKE)
    world.clock.advance(timedelta(minutes=21))
    for address in (f"{MAKE}/options", f"{MAKE}/made"):
        answer = script.send(address, {})
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login?ticket=")
    script.visitor.open(MAKE)
    assert "/login" in script.visitor.address


def test_making_a_passkey_needs_the_factor_one_has(world: World) -> None:
    """ASVS 7.5.1, threat 32: a stolen password alone adds nothing to an account with an app."""
    world.seed(MEG)
    visitor = world.signed_in(MEG, world.ticket())
    script = Script(visitor, device())
    visitor.open(MAKE)
    assert "/login/prove" in visitor.address
    assert script.send(f"{MAKE}/options", {}).status_code == 303


def test_only_one_s_own_passkeys_can_be_named(world: World) -> None:
    """Threat 35: another person's passkey is not there."""
    world.seed(PAT, MEG)
    script = holder(world, world.signed_in(PAT))
    other = meg(world)
    other.open(script.visitor.address)
    assert other.answer.status_code == 404


def test_the_sentences_are_in_the_reader_s_language(world: World) -> None:
    """A refusal that the script shows is Spanish on a Spanish page."""
    world.seed(PAT)
    visitor = world.browser("es")
    visitor.open("/login")
    answer = Script(visitor, device()).send("/login/passkey", {})
    assert "llave de acceso" in answer.json()["detail"]


def test_where_browsers_have_no_passkeys_nobody_is_offered_one(tmp_path: Any) -> None:
    """An address without a name or without https: no button, no page, and the JSON door says why."""
    world = World(tmp_path, origin="http://127.0.0.1:8000")
    try:
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open(MAKE)
        assert visitor.answer.status_code == 404
        nobody = world.browser()
        nobody.open("/login")
        assert "passkey" not in nobody.answer.text
    finally:
        world.close()


def test_two_tabs_can_both_wait(world: World) -> None:
    """The browser's secret stays, each tab has a challenge of its own."""
    script = pat_with_passkey(world)
    script.visitor.open("/login")
    first, second = script.options(), script.options()
    assert script.send("/login/passkey", script.device.get(first)).status_code == 200
    script.visitor.open("/logout")
    script.visitor.press("Sign out")
    script.visitor.open("/login")
    assert script.send("/login/passkey", script.device.get(second)).status_code == 200


def test_on_https_the_browser_s_secret_is_bound_to_the_host(tmp_path: Any) -> None:
    """ASVS 3.3.1: `__Host-`, Secure, HttpOnly, SameSite=Strict, ten minutes; origin and RP id follow the address."""
    world = World(tmp_path, origin="https://auth.example.com")
    try:
        script = pat_with_passkey(world, rp_id="auth.example.com")
        script.visitor.open("/login")
        (cookie,) = script.send("/login/passkey/options", {}).headers.get_list("Set-Cookie")
        assert cookie.startswith("__Host-gh_passkey=")
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=600"} <= set(cookie.split("; "))
        assert script.sign_in().status_code == 200
    finally:
        world.close()


def test_a_removed_passkey_is_not_known_any_more(world: World) -> None:
    """ASVS 6.5.6: a lost device's key is taken away on the list of methods; it opens nothing from then on."""
    world.seed(PAT)
    first = holder(world, world.signed_in(PAT))
    lost = first.visitor.address.rpartition("/")[2].partition("?")[0]
    second = Script(first.visitor, device())
    assert second.make().status_code == 200
    second.visitor.open(f"/account/methods/{lost}/remove")
    second.visitor.press("Remove")
    script = Script(world.browser(), first.device)
    script.visitor.open("/login")
    assert_refused(script.use(), "unknown_credential")
    assert Script(world.browser(), second.device).sign_in().status_code == 200
