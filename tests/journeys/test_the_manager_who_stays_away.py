"""A practice whose only manager has stopped signing in, told by both services that have to do with it (G11, M8).

Access-manager notices by its worker, registration opens a case for the desk; whoever comes back first ends it.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from access_manager.dormancy import looking
from tests.journeys.story import THURSDAY, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, code_now, one_process, person

OMAR, DESK = "omar.haddad", "Omar Haddad"
YEAR = timedelta(days=365)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    """The suite with demo people, a year after anybody signed in."""
    with one_process(tmp_path, THURSDAY) as made:
        look(made)
        for days in (335, 365):
            made.set_clock(THURSDAY + timedelta(days=days))
            look(made)
        yield made


def look(world: OneProcess) -> None:
    """Access-manager's worker looks at everybody it is time for; what it tells arrives."""
    while looking.look(world.suite.contexts["access-manager"]):
        pass
    world.settle()


def strong(world: OneProcess, address: str, user_id: str) -> PageVisitor:
    """Somebody at a browser, signed in with two factors, at the page they asked for."""
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, address, user_id, person(world, user_id)["password"])
    visitor.fill("6-digit code", code_now(world, user_id))
    visitor.press("Continue")
    return visitor


def at_the_desk(world: OneProcess) -> PageVisitor:
    """Somebody of the desk before the cases about managers who stay away."""
    desk = next(one["user_id"] for one in world.facts["people"] if one["role"] == "desk")
    return strong(world, "/desk?ground=manager_dormant", desk)


def test_the_desk_calls_until_the_manager_signs_in_again(world: OneProcess) -> None:
    """G11, M8: nobody is suspended, the case has number, script and due day; one sign-in ends it by itself."""
    desk = at_the_desk(world)
    assert DESK in desk.text, desk.text
    assert "10 business days left" in desk.text
    desk.follow(DESK)
    assert "Call this number" in desk.text
    assert "If they left, ask who should manage access now" in desk.text
    case = desk.address
    assert "No requests wait for a decision" in strong(world, "/manage", OMAR).text
    world.settle()
    look(world)
    desk.open(case)
    assert "The access manager signed in again" in desk.text
    desk.open("/desk?ground=manager_dormant")
    assert DESK not in desk.text


def test_the_desk_seats_somebody_else_beside_them(world: OneProcess) -> None:
    """G11: two people of the desk agree; access-manager has a second manager, and the first is dormant as anybody."""
    desk = at_the_desk(world)
    desk.follow(DESK)
    case = desk.address
    desk.choose("The office confirmed")
    desk.fill("Whom did you speak to?", "Rana Haddad, owner")
    desk.choose("They want another person to manage access")
    desk.press("Record call")
    desk.follow("The office names another person")
    desk.fill("Full name", "Noor Haddad")
    desk.fill("E-mail address", "noor@haddad.example")
    desk.choose("See patient claims")
    desk.fill("Why is it right?", "The owner named her on the call.")
    desk.press("Ask a colleague to agree")
    assert "Waits for a second person" in desk.text, desk.text
    second = [one["user_id"] for one in world.facts["people"] if one["role"] == "desk"][-1]
    colleague = strong(world, case, second)
    colleague.press("Agree and seat")
    world.settle()
    assert "Noor Haddad was seated" in colleague.text, colleague.text
    changed = [event for event in world.events() if event.type == "manager.changed"][-1]
    assert changed.data["count"] == 2
    assert "activate" in world.messages("noor@haddad.example")[0]["text"]
