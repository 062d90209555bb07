"""A computer that many people use: nobody is remembered, and the next person ends what the one before left."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.service.identity.browsers import at, closed, device_cookie, letters, post, sign_in, sign_ins
from tests.service.identity.world import MEG, PAT, World, cookies
from tests.support.pages import PageVisitor

SAM = replace(PAT, user_id="sam.second", display_name="Sam Second", email="sam@lakeside.example")
SWITCH = "Several people use this computer"


@pytest.fixture
def people(world: World) -> Sequence[str]:
    """Pat and Sam have accounts."""
    return world.seed(PAT, SAM)


def marked(world: World) -> PageVisitor:
    """A browser that is marked as shared."""
    browser = at(world)
    browser.open("/login")
    browser.press(SWITCH)
    return browser


@pytest.fixture
def reception(world: World, people: Sequence[str]) -> PageVisitor:
    """The computer at the reception, marked as shared."""
    return marked(world)


def test_the_mark_is_shown_where_people_sign_in(reception: PageVisitor) -> None:
    """Plain words under the form, and a way back."""
    assert reception.address.endswith("/login")
    assert "Nobody is remembered here" in reception.text
    reception.press("Only I use this computer")
    assert "Nobody is remembered here" not in reception.text


def test_the_mark_outlives_the_browser_and_says_nothing_of_anybody(reception: PageVisitor) -> None:
    """It is the computer's: no name in it, there again in the morning."""
    sign_in(reception, PAT)
    closed(reception)
    kept = [cookie.value or "" for cookie in reception.cookies.jar]
    assert not any(PAT.user_id in value or "acc_" in value for value in kept)
    reception.open("/login")
    assert "Nobody is remembered here" in reception.text


def test_nobody_is_remembered(world: World, reception: PageVisitor) -> None:
    """No device cookie is given, and none of before is kept."""
    sign_in(reception, PAT)
    assert device_cookie(reception) is None
    assert [(row.device_id, row.computer is not None) for row in sign_ins(world)] == [(None, True)]


def test_the_sign_in_page_holds_no_trace_of_the_person_before(reception: PageVisitor) -> None:
    """A logs in and closes the browser; B opens sign-in: no name, no field filled, nothing offered by the form."""
    sign_in(reception, PAT)
    closed(reception)
    reception.open("/login")
    page = reception.answer.text
    assert not any(trace in page for trace in (PAT.user_id, PAT.display_name, PAT.email))
    assert 'autocomplete="off"' in page
    assert "no-store" in reception.answer.headers["Cache-Control"]


def test_the_next_person_ends_the_session_that_was_left_open(world: World, reception: PageVisitor) -> None:
    """Capability A5: A closes the browser without signing out; when B signs in, A's session ends, in every app."""
    sign_in(reception, PAT)
    left = [*cookies(reception)]
    closed(reception)
    sign_in(reception, SAM)
    (ended,) = world.published("session.ended")
    assert ended.data["reason"] == "switched_person"
    assert ended.data["session_id"] == world.published("session.started")[0].subject
    thief = at(world)
    thief.cookies.set("gh_session", left[0], domain="localhost.local", path="/")
    thief.open("/account")
    assert "/login" in thief.address


def test_a_browser_of_ones_own_ends_nothing(world: World, people: Sequence[str]) -> None:
    """Without the mark a closed browser's session runs out by itself."""
    browser = sign_in(at(world), PAT)
    closed(browser)
    sign_in(browser, SAM)
    assert world.published("session.ended") == []


def test_who_is_signed_in_while_the_mark_is_set_is_ended_by_the_next(world: World, people: Sequence[str]) -> None:
    """The mark counts from the moment it is set."""
    browser = sign_in(at(world), PAT)
    assert post(browser, "/login/shared", shared="yes") == 303
    closed(browser)
    sign_in(browser, SAM)
    assert [event.data["reason"] for event in world.published("session.ended")] == ["switched_person"]


def test_marking_forgets_the_browser_for_everybody(world: World, people: Sequence[str]) -> None:
    """Whoever was known there is known there no more."""
    browser = at(world)
    for someone in (PAT, SAM):
        sign_in(browser, someone)
        browser.open("/logout")
        browser.press("Sign out")
    browser.open("/login")
    browser.press(SWITCH)
    assert device_cookie(browser) is None
    assert {target for action, target in world.audited() if action == "device.forgotten"} == set(people)


def test_the_switch_keeps_the_way_to_the_app(world: World, people: Sequence[str]) -> None:
    """Who came from an app goes on to it after the switch."""
    browser = at(world)
    browser.open(world.ticket())
    browser.press(SWITCH)
    assert "Sample Portal" in browser.text
    browser.fill("User ID", PAT.user_id)
    browser.fill("Password", PAT.password)
    browser.press("Sign in")
    assert "came=back" in browser.address


def test_the_switch_needs_a_form_of_ours(world: World) -> None:
    """Threat 21: no other site marks or unmarks somebody's computer."""
    answer = at(world)._http.post(f"{world.origin}/login/shared", data={"shared": "yes"})
    assert answer.status_code == 403
    assert not [line for line in answer.headers.get_list("Set-Cookie") if "gh_shared" in line]


def test_two_shared_computers_do_not_end_each_others_sessions(world: World, people: Sequence[str]) -> None:
    """Capability A5: the mark is one computer's; who works at the next desk goes on working."""
    first, second = marked(world), marked(world)
    sign_in(first, PAT)
    sign_in(second, SAM)
    assert world.published("session.ended") == []
    first.open("/account/devices")
    assert first.address.endswith("/account/devices")


def test_the_same_person_leaves_no_second_session_behind(world: World, reception: PageVisitor) -> None:
    """Who closed the browser and comes back has one sign-in there, not two."""
    sign_in(reception, PAT)
    closed(reception)
    sign_in(reception, PAT)
    assert len(world.published("session.started")) == 2
    assert len(world.published("session.ended")) == 1


def test_without_the_mark_nobody_is_ended_any_more(world: World, reception: PageVisitor) -> None:
    """Taking the mark away makes it somebody's own computer, from then on."""
    sign_in(reception, PAT)
    closed(reception)
    reception.open("/login")
    reception.press("Only I use this computer")
    sign_in(reception, SAM)
    assert world.published("session.ended") == []
    assert device_cookie(reception) is not None


def test_a_shared_computer_is_told_of_once_for_each_person(world: World, reception: PageVisitor) -> None:
    """Capability D2: the first time it is as new as any browser; each morning after that nobody is written to."""
    pat = sign_in(at(world), PAT)
    pat.open("/logout")
    pat.press("Sign out")
    for _ in range(3):
        sign_in(reception, PAT)
        closed(reception)
        world.clock.advance(timedelta(minutes=10))
        world.run_jobs()
    assert len(letters(world, "A new sign-in to your account")) == 1
    assert [row.reasons for row in sign_ins(world)][1:] == [
        '["new_device"]',
        '["shared_computer"]',
        '["shared_computer"]',
    ]


def test_the_devices_page_says_that_the_computer_is_shared(world: World, reception: PageVisitor) -> None:
    """And lists no browser, because none is remembered."""
    sign_in(reception, PAT)
    reception.open("/account/devices")
    assert "This computer is marked as shared" in reception.text
    assert "No browser is known." in reception.text


def test_nobody_is_offered_to_be_remembered(world: World, reception: PageVisitor) -> None:
    """Threat 52: no box to tick, and a forged tick remembers nothing."""
    (meg,) = world.seed(MEG)
    sign_in(reception, MEG)
    assert "Ask me less often on this device" not in reception.text
    assert reception.address.endswith("/login/prove")
    token = str(reception._page.xpath("//input[@name='csrf_token']/@value")[0])
    form = [("csrf_token", token), ("code", world.code()), ("remember", "yes")]
    reception._go("POST", reception.address, form)
    assert ("device.remembered", meg) not in world.audited()


@pytest.mark.parametrize("choice", [None, "", "perhaps"])
def test_a_choice_that_is_none_marks_nothing(world: World, choice: str | None) -> None:
    """Only the word of the button marks; everything else leaves a computer as people expect it: their own."""
    browser = at(world)
    post(browser, "/login/shared", **({} if choice is None else {"shared": choice}))
    browser.open("/login")
    assert SWITCH in browser.answer.text
