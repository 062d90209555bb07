"""Cases of the desk about managers who have stopped signing in: just opened, answered, proposed, over by themselves."""

from typing import TYPE_CHECKING, cast

from sqlalchemy import text

from tests.browser.stop import MAIN_BUTTON, Stop
from tests.journeys.story import organization
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess

if TYPE_CHECKING:  # the scene knows everybody who stands in it, this one included
    from tests.browser.scene import Scene

# Where somebody manages alone, as access-manager tells of nobody else: the demo's three. One of them stayed away twice.
_RETURNED, _AGAIN = "dormant_returned", "dormant_answered"
_PRACTICES = {
    _RETURNED: "Harbor Care Companions",
    "dormant": "Hilltop Imaging",
    "dormant_proposed": "Ledger Line Billing",
    _AGAIN: "Harbor Care Companions",
}
STOPS = (
    Stop("desk-dormant", "/desk?ground=manager_dormant", "desk"),
    Stop("case-dormant", "/desk/cases/{dormant}", "desk"),
    Stop("case-dormant-call-empty", "/desk/cases/{dormant}", "desk", press="form[action$='/calls'] button", status=422),
    Stop("case-dormant-another", "/desk/cases/{dormant}/another", "desk"),
    Stop("case-dormant-another-empty", "/desk/cases/{dormant}/another", "desk", press=MAIN_BUTTON, status=422),
    Stop("case-dormant-answered", "/desk/cases/{dormant_answered}", "desk"),
    Stop("case-dormant-proposed", "/desk/cases/{dormant_proposed}", "desk"),
    Stop("case-dormant-returned", "/desk/cases/{dormant_returned}", "desk"),
)


def cases(scene: "Scene") -> None:
    """Access-manager tells of three managers, one of them again later; Rosa called two of the offices."""
    world = cast("OneProcess", scene.world)
    for number, (place, practice) in enumerate(_PRACTICES.items()):
        organization_id = organization(world, practice)["id"]
        _tell(world, "manager.dormant", organization_id, 1001 + 2 * number)
        scene.places[place] = _newest_case(world)
        if place == _RETURNED:
            _tell(world, "manager.returned", organization_id, 1002 + 2 * number)
    desk = scene.visitor("desk")
    _call(desk, scene.places[_AGAIN], "The access manager answered, works there")
    _call(desk, scene.places["dormant_proposed"], "They want another person to manage access")
    desk.follow("The office names another person")
    desk.fill("Full name", "Noor Haddad-Featherstonehaugh")
    desk.fill("E-mail address", "noor.haddad-featherstonehaugh@ledger.example")
    desk.choose("See patient claims")
    desk.fill("Why is it right?", "The owner named her on the call, and will write to us.")
    desk.press("Ask a colleague to agree")
    assert "Waits for a second person" in desk.text, desk.text


def _tell(world: OneProcess, kind: str, organization_id: str, sequence: int) -> None:
    """As access-manager's worker would a year later; nobody in the scene has waited that long."""
    with world.suite.contexts["access-manager"].transaction() as work:
        managers = work.session.execute(_MANAGERS, {"organization": organization_id}).all()
        assert len(managers) == 1, f"{organization_id} has {len(managers)} managers: nobody would be told of"
        facts: dict[str, object] = {"organization_id": organization_id, "account_id": managers[0].account_id}
        if kind == "manager.dormant":
            facts |= {"display_name": managers[0].display_name, "last_seen_at": None, "noticed_at": work.now}
        else:
            facts |= {"seen_at": work.now}
        work.publish(kind, subject=organization_id, sequence=sequence, data=facts)
    world.settle()


_MANAGERS = text(
    "SELECT m.account_id, p.display_name FROM memberships m JOIN people p ON p.account_id = m.account_id "
    "WHERE m.organization_id = :organization AND m.role = 'manager' AND m.status = 'active'"
)


def _newest_case(world: OneProcess) -> str:
    """The case that was announced last."""
    told = [event.data for event in world.events() if event.type == "vetting.required"]
    return str(told[-1]["case_id"])


def _call(desk: PageVisitor, case: str, said: str) -> None:
    desk.open(f"/desk/cases/{case}")
    desk.choose("The office confirmed")
    desk.fill("Whom did you speak to?", "Dana Whitfield, office manager")
    desk.choose(said)
    desk.press("Record call")
