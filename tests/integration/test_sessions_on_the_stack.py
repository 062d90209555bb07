"""What one worker has decided about a person holds for the others at once: sessions, devices, policies, terms."""

from datetime import timedelta

import httpx
import pytest

from deploy.practices import FRONT_DESK
from identity.demo import Someone
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty, client_of, discover, service_token
from tests.support.stack import THURSDAY
from tests.support.stack_people import (
    SECRET,
    WHY,
    People,
    at_work,
    sign_in,
    sign_out,
    signed_in,
    type_code,
)
from tests.support.throwaway import wait_for

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

HERE, THERE = 0, 1  # the two workers
ACT = "precert.view"


def app_of(people: People, person: Someone, visitor: PageVisitor | None = None) -> RelyingParty:
    """An app in which the person has signed in by password, through the gateway."""
    app = RelyingParty(people.world, visitor or people.browser(), "trial")
    app.sign_in(person.user_id, person.password)
    return app


def refreshed(people: People, app: RelyingParty) -> httpx.Response:
    """What the token endpoint answers to the app's refresh token."""
    client = client_of(people.world, "trial")
    form = {"grant_type": "refresh_token", "refresh_token": app.tokens["refresh_token"]}
    auth = (client["client_id"], client["client_secret"])
    answer = httpx.post(discover(people.world)["token_endpoint"], data=form, auth=auth)
    app.tokens = answer.json() if answer.is_success else app.tokens
    return answer


def lives(people: People, app: RelyingParty) -> bool:
    """Whether the sign-in behind an app is alive: every door must say the same."""
    doors = {
        signed_in(people, app.visitor, HERE),
        signed_in(people, app.visitor, THERE),
        bool(app.introspect()["active"]),
        app.userinfo().status_code == 200,
    }
    answer = refreshed(people, app)
    doors.add(answer.status_code == 200)
    assert answer.status_code == 200 or answer.json()["error"] == "invalid_grant"
    assert len(doors) == 1, doors
    return doors.pop()


def test_a_session_ended_at_one_worker_is_dead_at_every_door(people: People) -> None:
    """A4: ended from another browser at another worker, its pages, tokens and refresh are gone; the other one lives."""
    ann = people.someone("ann")
    office, home = app_of(people, ann), app_of(people, ann)
    assert lives(people, office)
    page = people.straight(THERE, like=home.visitor)
    page.open("/account/devices")
    page.press("Sign out Chrome on Windows")
    assert not lives(people, office)
    assert lives(people, home)


def test_each_organization_has_its_own_idle_time(people: People) -> None:
    """A3: five minutes at the one, thirty at the other, set at one worker; at 5:01 the first one's people are out."""
    strict, loose = people.someone("strict"), people.someone("loose")
    for person, minutes in ((strict, 5), (loose, 30)):
        practice = people.practice([], [person], ACT)
        body = {"idle_minutes": minutes, "justification": WHY}
        people.call("PUT", f"organizations/{practice}/policy", body, worker=THERE)
    first, second = app_of(people, strict), app_of(people, loose)
    people.world.set_clock(THURSDAY + timedelta(minutes=5, seconds=1))
    assert not lives(people, first)
    assert lives(people, second)
    people.world.set_clock(THURSDAY + timedelta(minutes=35, seconds=2))
    assert not lives(people, second)


def test_a_shared_computer_leaves_nothing_of_the_person_before(people: People) -> None:
    """A5: B signs in where A closed the browser: A's tokens are dead, and the console has dropped A's own session."""
    boss, temp = people.someone("boss", totp_secret=SECRET), people.someone("temp")
    people.practice([boss], [], ACT)
    reception = people.browser()
    reception.open("/login")
    reception.press("Several people use this computer")
    sign_in(reception, boss, "/manage")
    type_code(reception, people.code())
    assert "/manage" in reception.address
    app = app_of(people, boss, reception)
    left = people.browser()
    for cookie in list(reception.cookies.jar):
        left.cookies.jar.set_cookie(cookie)
        if cookie.expires is None:
            reception.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
    sign_in(reception, temp)
    app.visitor = left
    assert not lives(people, app)
    people.world.settle()
    left.open("/manage")
    assert "/login" in left.address
    assert signed_in(people, reception, HERE) and signed_in(people, reception, THERE)


def test_a_remembered_browser_is_remembered_by_all_and_forgotten_by_all(people: People) -> None:
    """A8: no code at the other worker; forgotten there, the first one asks again."""
    rem = people.someone("rem", totp_secret=SECRET)
    here = sign_in(people.straight(HERE), rem)
    here.choose("Ask me less often on this device")
    type_code(here, people.code())
    sign_out(here)
    there = sign_in(people.straight(THERE, like=here), rem)
    assert "/login/prove" not in there.address
    there.open("/account/devices")
    there.press("Forget Chrome on Windows")
    sign_out(there)
    again = sign_in(people.straight(HERE, like=there), rem)
    assert "/login/prove" in again.address


def test_a_suspended_account_is_dead_everywhere_within_a_second(people: People) -> None:
    """Threat 53: suspended by staff; session, refresh token and userinfo at once, the decision within a second."""
    sue = people.someone("sue")
    practice = people.practice([], [sue], *FRONT_DESK)
    app = app_of(people, sue)
    staff = at_work(people, people.straight(THERE))
    assert lives(people, app) and permitted(people, sue, practice)
    staff.open(f"/admin/accounts/{people.id(sue)}/suspend")
    staff.fill("Reason", "Badge reported stolen")
    staff.press("Suspend the account now")
    wait_for(lambda: not permitted(people, sue, practice), 1)
    assert not lives(people, app)
    told = sign_in(people.straight(HERE), sue)
    assert told.answer.status_code == 403 and "Support code" in told.text and "Badge" not in told.text


def permitted(people: People, person: Someone, practice: str) -> bool:
    """Whether the decision point permits."""
    return reason(people, person, practice) == "granted"


def reason(people: People, person: Someone, practice: str) -> str:
    """What the decision point answers to the portal (AuthZEN Authorization API 1.0)."""
    question = {
        "subject": {"type": "account", "id": people.id(person)},
        "action": {"name": ACT},
        "resource": {"type": "organization", "id": practice},
    }
    headers = {"Authorization": f"Bearer {service_token(people.world, 'access', client='portal')}"}
    answer = httpx.post(f"{people.world.base_url}/access/v1/evaluation", json=question, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["context"]["reason_code"])


def test_new_terms_are_asked_for_at_the_next_app(people: People) -> None:
    """F10: published at one worker; the app's next sign-in asks at the other, refusing leaves the account pages.

    M2: until they are accepted nobody works, not even in an app that is open; accepted, the same question is granted.
    """
    tia = people.someone("tia")
    practice = people.practice([], [tia], ACT)
    known = app_of(people, tia)
    assert permitted(people, tia, practice)
    staff = at_work(people, people.straight(THERE))
    try:
        publish_terms(staff)
        wait_for(lambda: reason(people, tia, practice) == "terms_not_accepted", 5)
        known.visitor.open(f"{people.world.portal_url}/sign-in")
        assert "/login/terms" in known.visitor.address
        assert signed_in(people, known.visitor, HERE) and signed_in(people, known.visitor, THERE)
        known.visitor.choose("I have read the terms and accept them")
        known.visitor.press("Continue")
        assert known.visitor.address.startswith(people.world.portal_url), known.visitor.text
        wait_for(lambda: permitted(people, tia, practice), 5)
        again = people.browser()
        again.open(f"{people.world.portal_url}/sign-in")
        sign_in(again, tia, again.address)
        assert again.address.startswith(people.world.portal_url), again.text
    finally:
        # Terms are never withdrawn; others share this stack and were never asked.
        people.world.rows("identity", "DELETE FROM terms_acceptances RETURNING version")
        people.world.rows("identity", "DELETE FROM terms_versions RETURNING version")
        people.world.settle()
        people.world.rows("access-manager", "DELETE FROM terms_versions RETURNING version")


def publish_terms(staff: PageVisitor) -> None:
    """Publish a first version, in force from now on."""
    staff.open("/admin/terms")
    staff.fill("Text in English", "Use the portal for your work only.")
    staff.fill("Text in Spanish", "Use el portal solo para su trabajo.")
    staff.press("Publish these terms")


def test_a_policy_changed_at_one_worker_holds_at_the_next_request_of_another(people: People) -> None:
    """D1, A9: weights and patterns are read from the database, not from a process's memory."""
    # Where keys were rotated at this very instant before, nobody asks for the new ones again until time has passed.
    people.world.set_clock(people.world.now() + timedelta(minutes=1))
    staff = at_work(people, people.straight(THERE))
    typed = "Q77 123 456"
    try:
        assert not hinted(people, typed)
        decide(staff, "member_id_pattern", "Q[0-9]{8}")
        assert hinted(people, typed)
    finally:
        staff.open("/admin/policies/member_id_pattern")
        people.call("PUT", "policies/member_id_pattern", {"value": default_pattern(people)})
    assert not hinted(people, typed)


def decide(staff: PageVisitor, name: str, value: str) -> None:
    """Change one policy on its page."""
    staff.open(f"/admin/policies/{name}")
    staff.fill("Value", value)
    staff.fill("Justification", WHY)
    staff.press("Change this policy")
    assert "The policy was changed." in staff.text, staff.text


def default_pattern(people: People) -> object:
    """The suite's own value."""
    listed = people.call("GET", "policies", None)["policies"]
    return next(one["default"] for one in listed if one["name"] == "member_id_pattern")


def hinted(people: People, typed: str) -> bool:
    """Whether both workers, asked at once one after the other, say that this looks like a member's number."""
    said = set()
    for worker in (HERE, THERE):
        visitor = people.straight(worker)
        visitor.open("/login")
        visitor.fill("User ID", typed)
        visitor.fill("Password", "not the password at all")
        visitor.press("Sign in")
        said.add("looks like a member number" in visitor.text)
    assert len(said) == 1
    return said.pop()
