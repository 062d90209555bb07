"""Proving that it is you, across services: by mail from the worker, through the gateway, with a manager's help."""

import re
from datetime import timedelta

import httpx
import pytest

from deploy.practices import FRONT_DESK
from identity.demo import Someone
from identity.risk.reasons import NEW_DEVICE, NEW_NETWORK, SENTENCES
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty, client_of, discover
from tests.support.stack import THURSDAY
from tests.support.stack_people import (
    ABROAD,
    OFFICE,
    SECRET,
    SIX_DIGITS,
    People,
    at_once,
    at_work,
    sign_in,
    sign_out,
    signed_in,
    type_code,
)

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

NEW_PASSWORD = "seven otters swim upstream"
NOT_ME = r"https?://\S+/recover/not-me\?token=[\w-]+"
LINK = r"https?://\S+/recover/link\?token=[\w-]+"
# Everything by which a proxy might say where a request came from.
CLAIMS = ("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Client-IP")
LIES = {**dict.fromkeys(CLAIMS, OFFICE), "Forwarded": f"for={OFFICE}"}


def abroad(people: People, person: Someone, **headers: str) -> PageVisitor:
    """The password of somebody known at the office, typed in another browser on another network."""
    sign_out(sign_in(people.browser(OFFICE), person))
    visitor = people.browser(ABROAD)
    visitor._http.headers.update(headers)
    return sign_in(visitor, person)


def test_an_unusual_sign_in_is_verified_by_a_mailed_code(people: People) -> None:
    """D1, D4: asked with reasons, let in by the code of a real mail; page, event, audit and desk say the same."""
    uma = people.someone("uma")
    visitor = abroad(people, uma)
    assert "/login/verify" in visitor.address
    said = [str(SENTENCES[code]) for code in (NEW_DEVICE, NEW_NETWORK)]
    assert all(sentence in visitor.text for sentence in said)
    assert not signed_in(people, visitor, 0) and not signed_in(people, visitor, 1)
    type_code(visitor, people.told(uma.email, SIX_DIGITS))
    assert visitor.address.endswith("/account")
    people.world.settle()
    noticed = [event.data for event in people.world.events() if event.type == "risk.detected"]
    codes = [NEW_DEVICE, NEW_NETWORK]
    assert [event["reasons"] for event in noticed if event["account_id"] == people.id(uma)] == [codes]
    query = f"SELECT after FROM audit_entries WHERE action = 'sign_in.judged' AND target = '{people.id(uma)}'"
    assert all(code in str(people.world.rows("identity", query)) for code in codes)
    staff = at_work(people, people.straight(1))
    staff.open(f"/admin/accounts/{people.id(uma)}")
    assert all(sentence in staff.text for sentence in said) and ABROAD in staff.text


def test_no_header_makes_a_network_known(people: People) -> None:
    """D1, threats 48 and 52: whoever claims through the gateway to sit in the office sits where they connect from."""
    eve = people.someone("eve")
    visitor = abroad(people, eve, **LIES)
    assert "/login/verify" in visitor.address
    assert str(SENTENCES[NEW_NETWORK]) in visitor.text
    sources = people.world.rows("identity", f"SELECT source FROM sign_ins WHERE account_id = '{people.id(eve)}'")
    assert sorted(sources) == [(OFFICE,), (ABROAD,)]


def test_the_letter_about_a_new_browser_ends_its_sign_in_everywhere(people: People) -> None:
    """D2, threat 52: the worker writes when the clock says so; looking at the link changes nothing; of four presses at
    two workers in one instant one acts, and the intruder is nobody at either."""
    ned = people.someone("ned")
    thief = abroad(people, ned)
    type_code(thief, people.told(ned.email, SIX_DIGITS))
    people.world.set_clock(THURSDAY + timedelta(minutes=6))
    link = people.told(ned.email, NOT_ME)
    owners = [people.straight(number) for number in range(4)]
    for owner in owners:
        owner.open(link)
    assert signed_in(people, thief, 0) and signed_in(people, thief, 1)
    at_once([lambda one=owner: one.press("It was not me. Protect my account") for owner in owners])  # type: ignore[misc]
    assert sum(owner.address.endswith("/done") for owner in owners) == 1
    assert not signed_in(people, thief, 0) and not signed_in(people, thief, 1)
    ended = [event.data["reason"] for event in people.world.events() if event.type == "session.ended"]
    assert "not_me" in ended
    assert "/login/verify" in sign_in(people.browser(), ned).address


def test_a_forgotten_password_is_replaced_and_everything_of_before_is_dead(people: People) -> None:
    """C2, threat 15: asked at one worker, answered by the program that sends, typed at another; no token survives."""
    fay = people.someone("fay")
    app = RelyingParty(people.world, people.browser(), "trial")
    before = app.sign_in(fay.user_id, fay.password)
    visitor = people.straight(0)
    ask(visitor, fay)
    visitor.press("Send another code")
    assert visitor.answer.status_code == 429 and int(visitor.answer.headers["Retry-After"]) > 0
    visitor = people.straight(1, like=visitor)
    visitor.open("/recover/code")
    type_code(visitor, people.told(fay.email, SIX_DIGITS))
    choose(visitor)
    assert "Your password is changed" in visitor.text
    assert refresh(people, before) == (400, "invalid_grant")
    assert app.introspect() == {"active": False}
    assert not signed_in(people, app.visitor, 0) and not signed_in(people, app.visitor, 1)
    assert "/login" in sign_in(people.browser(), fay).address
    people.world.settle()
    assert "Your password was replaced" in [message["subject"] for message in people.world.messages(fay.email)]


def ask(visitor: PageVisitor, person: Someone) -> None:
    """Say that the password is forgotten."""
    visitor.open("/recover/password")
    visitor.fill("User ID", person.user_id)
    visitor.fill("E-mail address or mobile number of your account", person.email)
    visitor.press("Send a code")


def choose(visitor: PageVisitor) -> None:
    """Choose the new password."""
    visitor.fill("New password", NEW_PASSWORD)
    visitor.press("Save my new password")


def refresh(people: People, tokens: dict[str, str]) -> tuple[int, str]:
    """Status and error of the token endpoint's answer to a refresh token."""
    client = client_of(people.world, "trial")
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    auth = (client["client_id"], client["client_secret"])
    answer = httpx.post(discover(people.world)["token_endpoint"], data=form, auth=auth)
    return answer.status_code, answer.json().get("error", "")


def test_a_forgotten_user_id_comes_by_mail_and_nothing_tells_a_stranger(people: People) -> None:
    """C1, threat 26: the same page for an address that nobody has; only the known one hears."""
    ida = people.someone("ida")
    pages = []
    for number, address in enumerate((ida.email, f"nobody.{ida.email}")):
        visitor = people.straight(number)
        visitor.open("/recover/user-id")
        visitor.fill("E-mail address or mobile number", address)
        visitor.press("Send my user ID")
        pages.append((visitor.answer.status_code, visitor.text))
    assert pages[0] == pages[1]
    assert people.told(ida.email, re.escape(ida.user_id)) == ida.user_id
    people.world.settle()
    assert people.world.messages(f"nobody.{ida.email}") == []


def test_a_manager_helps_and_the_link_is_good_once(people: People) -> None:
    """C4, threat 33: console, identity and mail over HTTP and RabbitMQ; the manager sees no secret, and of four
    browsers that follow the link at two workers in one instant one goes on."""
    boss, mia = people.someone("boss", totp_secret=SECRET), people.someone("mia")
    people.practice([boss], [mia], *FRONT_DESK)
    manager = people.browser()
    help_with(people, manager, boss, mia)
    link = people.told(mia.email, LINK)
    assert link.partition("token=")[2] not in manager.answer.text
    visitors = [people.straight(number) for number in range(4)]
    for visitor in visitors:
        visitor.open(link)
    at_once([lambda one=visitor: one.press("Go on") for visitor in visitors])  # type: ignore[misc]
    through = [visitor for visitor in visitors if visitor.address.endswith("/recover/new-password")]
    assert len(through) == 1
    choose(through[0])
    mia_again = people.browser()
    mia_again.open("/login")
    mia_again.fill("User ID", mia.user_id)
    mia_again.fill("Password", NEW_PASSWORD)
    mia_again.press("Sign in")
    assert "/login" not in mia_again.address, mia_again.text


def help_with(people: People, manager: PageVisitor, boss: Someone, member: Someone) -> None:
    """The manager signs in at the console and lets a link be sent."""
    sign_in(manager, boss, "/manage")
    type_code(manager, people.code())
    manager.open("/manage/people")
    manager.follow(member.display_name)
    manager.follow("Help them sign in")
    manager.press("Send the link")
    assert "A link is on its way" in manager.text


def test_nobody_of_another_practice_is_helped(people: People) -> None:
    """C4, threat 35: a person elsewhere is not there for this manager, and nothing is sent."""
    boss, stranger = people.someone("boss", totp_secret=SECRET), people.someone("stranger")
    people.practice([boss], [], *FRONT_DESK)
    elsewhere = people.practice([], [stranger], *FRONT_DESK)
    manager = people.browser()
    sign_in(manager, boss, "/manage")
    type_code(manager, people.code())
    statement = f"SELECT id FROM memberships WHERE organization_id = '{elsewhere}'"
    ((membership,),) = people.world.rows("access-manager", statement)
    manager.open(f"/manage/people/{membership}/recovery")
    assert manager.answer.status_code == 404
    people.world.settle()
    assert not [one for one in people.world.messages(stranger.email) if "/recover/link" in one["text"]]
