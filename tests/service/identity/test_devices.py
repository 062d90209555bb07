"""The list of sign-ins and browsers: seen, signed out, forgotten, remembered (A4, A8, ASVS 7.5.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from identity.devices import service as devices
from identity.devices.service import DeviceView
from tests.service.identity.browsers import (
    FIREFOX,
    OFFICE,
    UNPLACED,
    at,
    device_cookie,
    known_at,
    letters,
    placed,
    post,
    same_browser,
    sign_in,
)
from tests.service.identity.world import MEG, OLA, PAT, World, membership, type_code
from tests.support.pages import PageVisitor

PAGE = "/account/devices"
SAM = replace(PAT, user_id="sam.second", display_name="Sam Second", email="sam@lakeside.example")
Two = tuple[PageVisitor, PageVisitor]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity that knows places."""
    made = placed(tmp_path)
    yield made
    made.close()


@pytest.fixture
def people(world: World) -> Sequence[str]:
    """Pat, Sam and Ola have accounts; their ids."""
    return world.seed(PAT, SAM, OLA)


@pytest.fixture
def two(world: World, people: Sequence[str]) -> Two:
    """Pat is signed in at a desk and, twenty minutes later, at a laptop."""
    desk = sign_in(at(world), PAT)
    world.clock.advance(timedelta(minutes=20))
    return desk, sign_in(at(world, agent=FIREFOX), PAT)


def known(world: World, account_id: str) -> list[DeviceView]:
    """The account's devices."""
    with world.context.reading() as session:
        return devices.listing(session, account_id)


def test_every_sign_in_is_listed_with_browser_and_place(two: Two) -> None:
    """Capability A4: device, rough place, first and last seen; which one is this one."""
    two[1].open(PAGE)
    assert "Firefox on Linux this one" in two[1].text
    assert "Chrome on Windows" in two[1].text
    assert two[1].text.count("Columbus, Ohio") == 4  # two sign-ins, two browsers
    assert "Nov 23, 2026, 10:20 a.m. Eastern" in two[1].text


def test_the_list_speaks_spanish(world: World, people: Sequence[str]) -> None:
    """The browser's name too."""
    pat = at(world, language="es")
    pat.open("/login")
    pat.fill("ID de usuario", PAT.user_id)
    pat.fill("Contraseña", PAT.password)
    pat.press("Iniciar sesión")
    pat.open(PAGE)
    assert "Chrome en Windows aquí" in pat.text


def test_one_sign_in_ends_and_the_other_lives(world: World, two: Two) -> None:
    """Capability A4: revoke one: its next request is signed out, the other works, and apps are told by the event."""
    desk, laptop = two
    laptop.open(PAGE)
    laptop.press("Sign out Chrome on Windows")
    assert "It is signed out there." in laptop.text
    desk.open(PAGE)
    assert "/login" in desk.address
    laptop.open(PAGE)
    assert laptop.address.endswith(PAGE)
    assert [event.data["reason"] for event in world.published("session.ended")] == ["ended_by_owner"]


def test_all_others_end_at_once_after_a_question(world: World, two: Two) -> None:
    """ASVS 7.5.2: everywhere else, and this one stays; looking at the question ends nothing."""
    desk, laptop = two
    tablet = sign_in(at(world), PAT)
    laptop.open(PAGE)
    laptop.follow("Sign out everywhere else")
    assert "You are signed in at 2 other places" in laptop.text
    desk.open(PAGE)
    assert desk.address.endswith(PAGE)
    laptop.press("Sign out everywhere else")
    assert "You are signed out everywhere else." in laptop.text
    for other in (desk, tablet):
        other.open(PAGE)
        assert "/login" in other.address
    laptop.open(f"{PAGE}/sign-out")
    assert "You are signed in only here" in laptop.text


def test_what_is_anothers_is_not_there(world: World, people: Sequence[str], two: Two) -> None:
    """Threat 35: nobody ends the sign-in or forgets the browser of somebody else, and what is not answers alike."""
    sam = sign_in(at(world), SAM)
    theirs = [event.subject for event in world.published("session.started")][:2]
    their_devices = [one.id for one in known(world, people[0])]
    paths = [*(f"/sessions/{one}/end" for one in [*theirs, "ses_none"])]
    paths += [f"/{one}/forget" for one in [*their_devices, "dev_none"]]
    assert {post(sam, PAGE + path) for path in paths} == {404}
    two[0].open(PAGE)
    assert two[0].address.endswith(PAGE)
    assert len(known(world, people[0])) == 2


def test_a_forgotten_browser_is_new_again(world: World, people: Sequence[str]) -> None:
    """Capability A8: forgetting signs nobody out; the next sign-in from there is noticed and told."""
    pat = known_at(world, PAT)
    sign_in(pat, PAT)
    pat.open(PAGE)
    pat.press("Forget Chrome on Windows")
    assert "The browser is forgotten." in pat.text
    assert "No browser is known." in pat.text
    pat.open("/logout")
    pat.press("Sign out")
    sign_in(pat, PAT)
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    assert len(letters(world, "A new sign-in to your account")) == 1


def test_a_browser_is_listed_once_however_often_it_signs_in(world: World, people: Sequence[str]) -> None:
    """The cookie is given once and stays the same."""
    pat = known_at(world, PAT)
    secret = device_cookie(pat)
    for _ in range(3):
        sign_in(pat, PAT)
        pat.open("/logout")
        pat.press("Sign out")
    assert (len(known(world, people[0])), device_cookie(pat)) == (1, secret)


def test_two_people_at_one_browser_have_a_row_each(world: World, people: Sequence[str]) -> None:
    """One cookie, two devices: what one person does there says nothing about the other."""
    browser = known_at(world, PAT)
    secret = device_cookie(browser)
    sign_in(browser, SAM)
    assert device_cookie(browser) == secret
    assert [len(known(world, account_id)) for account_id in people[:2]] == [1, 1]


def test_a_planted_cookie_is_replaced(world: World, people: Sequence[str]) -> None:
    """Threat 20: a secret that somebody put there is not taken over, whoever holds a copy of it."""
    pat = at(world)
    pat.cookies.set("gh_device", "planted-by-somebody", domain="localhost.local", path="/")
    sign_in(pat, PAT)
    assert "planted-by-somebody" not in [cookie.value for cookie in pat.cookies.jar if cookie.expires]


def test_the_cookie_is_for_this_host_and_not_for_scripts(tmp_path: Path) -> None:
    """ASVS 3.3.1, 3.3.3: on https `__Host-`, Secure, HttpOnly, SameSite; the value is opaque."""
    world = World(tmp_path, origin="https://auth.example.com")
    world.seed(PAT)
    pat = world.browser()
    pat.open("/login")
    pat.fill("User ID", PAT.user_id)
    pat.fill("Password", PAT.password)
    form = pat._page.xpath("//form[.//input[@name='password']]")[0]
    answer = pat._send("POST", f"{world.origin}/login", pat._values(form), pat.address)
    given = next(line for line in answer.headers.get_list("Set-Cookie") if line.startswith("__Host-gh_device="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    assert "Domain" not in given
    world.close()


def test_a_remembered_browser_is_remembered_for_the_policy_s_days(world: World, people: Sequence[str]) -> None:
    """Capability A8: thirty days by default; forgotten with the device."""
    known_at(world, PAT)
    (device,) = known(world, people[0])
    with world.context.transaction() as work:
        assert devices.remember(work, people[0], device.id)
        assert not devices.remember(work, people[1], device.id)  # not theirs
    (device,) = known(world, people[0])
    assert device.remembered_until == world.clock.now() + timedelta(days=30)
    pat = sign_in(at(world), PAT)
    pat.open(PAGE)
    assert "not asked for until Dec 23, 2026" in pat.text


def test_nobody_is_remembered_who_manages_access_or_works_for_the_payer(world: World, people: Sequence[str]) -> None:
    """Experience §1: thirty days, off for managers and the support desk."""
    world.tell("membership.granted", membership(people[1], role="manager"))
    known_at(world, SAM)
    (device,) = known(world, people[1])
    with world.context.transaction() as work:
        assert not devices.remember(work, people[1], device.id)
        assert not devices.may_remember(work.session, people[2], work.now)
        assert devices.may_remember(work.session, people[0], work.now)


def test_every_device_is_forgotten_at_once(world: World, people: Sequence[str]) -> None:
    """Capability A8: as a changed password and a recovery do; another person's stay."""
    for someone in (PAT, PAT, SAM):
        known_at(world, someone)
    with world.context.transaction() as work:
        assert devices.forget_all(work, people[0]) == 2
        assert devices.forget_all(work, people[0]) == 0
    assert [len(known(world, account_id)) for account_id in people[:2]] == [0, 1]
    assert world.audited().count(("device.forgotten", people[0])) == 1


def test_what_nobody_used_for_longer_than_its_cookie_lives_goes(world: World, people: Sequence[str]) -> None:
    """400 days, after which no browser keeps the cookie either."""
    known_at(world, PAT)
    world.clock.advance(timedelta(days=399))
    world.run_jobs()
    assert len(known(world, people[0])) == 1
    world.clock.advance(timedelta(days=2))
    world.run_jobs()
    assert known(world, people[0]) == []


def test_a_device_never_stands_in_for_a_second_factor(world: World) -> None:
    """Threat 52, capability A8: remembered or not, staff are asked; step-up is never skipped."""
    world.seed(MEG, OLA)
    ola = known_at(world, OLA)
    assert "/account" not in sign_in(ola, OLA).address.removeprefix(world.origin)[:8]
    meg = known_at(world, MEG)
    sign_in(meg, MEG, world.ticket(required_acr="urn:gatehouse:acr:2"))
    assert "/login" in meg.address


def remembering(world: World) -> PageVisitor:
    """Meg signs in with her app and asks to be asked less; then she signs out."""
    meg = sign_in(at(world), MEG)
    meg.choose("Ask me less often on this device")
    type_code(meg, world.code())
    meg.open("/logout")
    meg.press("Sign out")
    world.clock.advance(timedelta(minutes=2))  # the app shows another code
    return meg


def test_a_remembered_browser_is_asked_for_no_code_until_it_is_forgotten(world: World) -> None:
    """Capability A8: remembered: signing in again asks for no code; forgotten: it does."""
    world.seed(MEG)
    meg = remembering(world)
    sign_in(meg, MEG)
    meg.open(PAGE)
    assert meg.address.endswith(PAGE)
    meg.press("Forget Chrome on Windows")
    meg.open("/logout")
    meg.press("Sign out")
    assert sign_in(meg, MEG).address.endswith("/login/prove")


def test_a_copied_cookie_of_a_remembered_browser_is_asked_for_the_code(world: World) -> None:
    """Threat 52: downgrade by a copy of the cookie: elsewhere, or in another browser, the factor is asked for."""
    world.seed(MEG)
    meg = remembering(world)
    assert sign_in(same_browser(world, meg, UNPLACED), MEG).address.endswith("/login/prove")
    assert sign_in(same_browser(world, meg, OFFICE, FIREFOX), MEG).address.endswith("/login/prove")


def test_step_up_is_asked_on_a_remembered_browser_too(world: World) -> None:
    """Capability A8: it never skips step-up; what an app demands is demanded."""
    world.seed(MEG)
    meg = remembering(world)
    sign_in(meg, MEG, world.ticket(required_acr="urn:gatehouse:acr:2"))
    assert "/login/prove" in meg.address


def test_being_asked_less_ends_after_its_days(world: World) -> None:
    """Capability A8: thirty days, not for ever; the browser stays known."""
    (account_id,) = world.seed(MEG)
    meg = remembering(world)
    world.clock.advance(timedelta(days=31))
    assert sign_in(meg, MEG).address.endswith("/login/prove")
    assert len(known(world, account_id)) == 1


def test_who_becomes_an_access_manager_is_asked_again(world: World) -> None:
    """What was remembered before counts no more."""
    (account_id,) = world.seed(MEG)
    meg = remembering(world)
    world.tell("membership.granted", membership(account_id, role="manager"))
    assert sign_in(meg, MEG).address.endswith("/login/prove")


def test_a_browser_whose_check_was_not_passed_is_not_listed_as_known(world: World, people: Sequence[str]) -> None:
    """Threat 52: the stranger's sign-in is shown as not finished, the stranger's browser not at all."""
    known_at(world, PAT)
    sign_in(at(world, UNPLACED, FIREFOX), PAT)
    pat = sign_in(at(world), PAT)
    pat.open(PAGE)
    assert "Firefox on Linux not finished" in pat.text
    assert "Forget Firefox on Linux" not in pat.text
    pat.press("Sign out Firefox on Linux")
    assert "Firefox on Linux" not in pat.text


@pytest.mark.parametrize("value", ["x" * 5000, "=", "a b", "%00"])
def test_a_broken_cookie_is_no_cookie(world: World, people: Sequence[str], value: str) -> None:
    """Threat 57: whatever stands where the secret should be, the page answers and a proper one is given."""
    pat = at(world)
    pat._http.headers["Cookie"] = f"gh_device={value}"
    pat.open("/login")
    assert pat.answer.status_code == 200


def test_ending_ones_own_sign_in_from_the_list_signs_out_here(world: World, people: Sequence[str]) -> None:
    """Whoever names their own session leaves."""
    pat = sign_in(at(world), PAT)
    own = world.published("session.started")[0].subject
    assert post(pat, f"{PAGE}/sessions/{own}/end") == 303
    pat.open(PAGE)
    assert "/login" in pat.address


def test_strangers_see_no_list(world: World, people: Sequence[str]) -> None:
    """Threat 32: without a sign-in every address of the page leads to it, and acts change nothing."""
    stranger = at(world)
    stranger.open(PAGE)
    assert "/login" in stranger.address
    for path in ("/sign-out", "/dev_1/forget", "/sessions/ses_1/end"):
        assert post(stranger, PAGE + path) in {303, 403}
