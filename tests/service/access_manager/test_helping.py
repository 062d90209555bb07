"""A manager helps a member to sign in: asked first, done by identity, kept in the history; never another manager."""

from typing import Any

import pytest
from flask import Response, jsonify, request

from tests.service.access_manager.world import CLINIC, MEG, OTHER, PAT, SAM, World, clinic, manager, member
from tests.support.pages import PageVisitor

MAX = "acc_max"


class Recoveries:
    """Identity's side, standing in: answers what the test says and remembers what it was asked."""

    def __init__(self, world: World) -> None:
        self.asked: list[tuple[str, dict[str, Any], str]] = []
        self.status, self.type, self.headers = 202, "", {}
        path = "/api/identity/v1/accounts/<account_id>/recoveries"
        world.identity.app.add_url_rule(path, view_func=self._start, methods=["POST"])

    def refuse(self, status: int, type: str = "", **headers: str) -> None:
        """Answer so from now on."""
        self.status, self.type, self.headers = status, type, headers

    def _start(self, account_id: str) -> Response:
        self.asked.append((account_id, request.get_json(), request.headers["Authorization"]))
        body = {"sent_to": "s***@l***.example"} if self.status == 202 else {"type": f"/problems/{self.type}"}
        answer = jsonify(body)
        answer.status_code = self.status
        answer.headers.extend(self.headers)
        return answer


@pytest.fixture
def recoveries(world: World) -> Recoveries:
    """Two practices, two managers at the first, and identity's side."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
    world.seed(clinic(manager("acc_bea", "Bea Boss"), member(PAT, "Pat Partner"), id=OTHER))
    return Recoveries(world)


def open_person(world: World, name: str, account: str = MEG, language: str = "en") -> PageVisitor:
    """A manager looks at a person of the clinic."""
    visitor = world.browser(account, language)
    visitor.open("/manage/people")
    visitor.follow(name)
    return visitor


def history(world: World) -> str:
    """What the managers of the clinic read."""
    visitor = world.browser(MEG)
    visitor.open("/manage/history")
    return visitor.text


def test_a_manager_lets_a_link_be_sent_and_sees_no_secret(world: World, recoveries: Recoveries) -> None:
    """The page says what will happen, identity is asked once, the history keeps who did it (C4)."""
    visitor = open_person(world, "Sam Staff")
    visitor.follow("Help them sign in")
    assert "You never see or choose a password" in visitor.text and recoveries.asked == []
    visitor.press("Send the link")
    assert "A link is on its way" in visitor.text
    [(account, body, authorization)] = recoveries.asked
    assert account == SAM and body == {"organization_id": CLINIC, "manager_id": MEG}
    assert authorization.startswith("Bearer ")
    assert "Meg Manager let a link be sent to Sam Staff, to choose a new password" in history(world)


def test_looking_at_the_page_again_sends_nothing_again(world: World, recoveries: Recoveries) -> None:
    """The answer to the button is a page of its own address: reloading it asks nobody."""
    visitor = open_person(world, "Sam Staff")
    visitor.follow("Help them sign in")
    visitor.press("Send the link")
    visitor.open(visitor.address)
    assert len(recoveries.asked) == 1


@pytest.mark.parametrize("name", ["Max Manager", "Meg Manager"])
def test_managers_are_not_offered_help_by_managers(world: World, recoveries: Recoveries, name: str) -> None:
    """No button, and whoever types the address or sends the form reads why (C6)."""
    visitor = open_person(world, name)
    assert "Help them sign in" not in visitor.text
    address = visitor.address
    visitor.open(f"{address}/recovery")
    assert "You cannot help" in visitor.text and "Send the link" not in visitor.text
    token = _token_of(visitor, address)
    visitor._go("POST", f"{address}/recovery", [("csrf_token", token)])
    assert visitor.answer.status_code == 409 and recoveries.asked == []


def test_a_member_of_another_organization_is_not_there(world: World, recoveries: Recoveries) -> None:
    """404 for the page and for the form, as for an id that nobody has (C4, threat 35)."""
    theirs = open_person(world, "Pat Partner", "acc_bea").address.rpartition("/")[2]
    visitor = world.browser(MEG)
    visitor.open("/manage/people")
    token = _token_of(visitor, visitor.address)
    for membership_id in (theirs, "mem_nobody"):
        path = f"/manage/people/{membership_id}/recovery"
        visitor.open(path)
        assert visitor.answer.status_code == 404
        visitor._go("POST", f"http://localhost:8000{path}", [("csrf_token", token)])
        assert visitor.answer.status_code == 404
    assert recoveries.asked == [] and "let a link be sent" not in history(world)


def test_somebody_whose_access_was_removed_is_helped_no_more(world: World, recoveries: Recoveries) -> None:
    """The page of a former member says so; nothing is sent."""
    visitor = open_person(world, "Sam Staff")
    address = visitor.address
    visitor.follow("Remove access")
    visitor.choose("No longer works here")
    visitor.press("Remove access now")
    assert "Help them sign in" not in visitor.text
    visitor.open(f"{address}/recovery")
    assert "You cannot help Sam Staff here" in visitor.text


def test_members_do_not_help_each_other(world: World, recoveries: Recoveries) -> None:
    """The console is for managers."""
    address = open_person(world, "Sam Staff").address
    visitor = world.browser(SAM, name="Sam Staff")
    visitor.open(f"{address}/recovery")
    assert visitor.answer.status_code == 403 and recoveries.asked == []


@pytest.mark.parametrize(
    ("status", "type", "headers", "answer", "words"),
    [
        (409, "recovery-by-desk", {}, 409, "Only the support desk may help this person"),
        (409, "no-usable-address", {}, 409, "None of this person’s addresses can be used"),
        (409, "something-new", {}, 503, "Nothing was sent"),
        (429, "too-many-requests", {"Retry-After": "1800"}, 429, "several links within an hour"),
        (500, "internal", {}, 503, "Nothing was sent"),
    ],
)
def test_what_identity_refuses_is_told_in_words(
    world: World, recoveries: Recoveries, status: int, type: str, headers: dict[str, str], answer: int, words: str
) -> None:
    """Manager elsewhere, no usable address, too often, away: each its own sentence, and no entry in the history."""
    recoveries.refuse(status, type, **headers)
    visitor = open_person(world, "Sam Staff")
    visitor.follow("Help them sign in")
    visitor.press("Send the link")
    assert visitor.answer.status_code == answer and words in visitor.text
    assert visitor.answer.headers.get("Retry-After") == headers.get("Retry-After", "60" if answer == 503 else None)
    assert "let a link be sent" not in history(world)


def test_identity_s_404_stays_a_404(world: World, recoveries: Recoveries) -> None:
    """Where its projection knows the membership no more, there is nobody to help."""
    recoveries.refuse(404, "not-found")
    visitor = open_person(world, "Sam Staff")
    visitor.follow("Help them sign in")
    visitor.press("Send the link")
    assert visitor.answer.status_code == 404


def test_the_page_speaks_spanish(world: World, recoveries: Recoveries) -> None:
    """From the button to the answer."""
    visitor = open_person(world, "Sam Staff", language="es")
    visitor.follow("Ayudarle a iniciar sesión")
    visitor.press("Enviar el enlace")
    assert "Un enlace está en camino" in visitor.text


def _token_of(visitor: PageVisitor, address: str) -> str:
    """A form token of this browser, from a page that has a form."""
    here = visitor.address
    visitor.open("/manage/people")
    visitor.follow("Sam Staff")
    token = str(visitor._page.xpath("//input[@name='csrf_token']/@value")[0])
    visitor.open(here)
    return token


def test_a_program_of_a_manager_does_the_same_by_the_api(world: World, recoveries: Recoveries) -> None:
    """C4, threat 32: no secret and no address in the answer; another's member 404, a manager and oneself refused."""

    def start(account: str, who: str | None = MEG, organization: str = CLINIC) -> Any:
        members = world.api().get(f"/api/access/v1/organizations/{organization}/members").json()["members"]
        found = next(each["membership_id"] for each in members if each["account_id"] == account)
        return world.api(subject=who).post(f"/api/access/v1/organizations/{organization}/members/{found}/recovery")

    done = start(SAM)
    assert done.status_code == 202 and set(done.json()) == {"membership_id", "account_id"}
    assert recoveries.asked[0][1] == {"organization_id": CLINIC, "manager_id": MEG}
    assert "Meg Manager let a link be sent to Sam Staff" in history(world)
    assert start(PAT, MEG, OTHER).status_code == 404
    assert start(SAM, SAM).status_code == 404
    assert (start(MAX).status_code, start(MEG).status_code, start(SAM, None).status_code) == (409, 409, 403)
    assert len(recoveries.asked) == 1
    recoveries.refuse(429, **{"Retry-After": "60"})
    assert start(SAM).status_code == 429
