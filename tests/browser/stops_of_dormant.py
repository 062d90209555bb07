"""Cases of the desk about managers who have stopped signing in: just opened, answered, proposed, over by themselves."""

from typing import TYPE_CHECKING, cast

from tests.browser.stop import MAIN_BUTTON, Stop
from tests.journeys.story import organization
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess

if TYPE_CHECKING:  # the scene knows everybody who stands in it, this one included
    from tests.browser.scene import Scene

# Whom access-manager tells of, by the place of the case; the names of the demo's organizations.
_PRACTICES = {
    "dormant": "Hilltop Imaging",
    "dormant_answered": "Lakeside Dental Group",
    "dormant_proposed": "Northfield Family Medicine",
    "dormant_returned": "Harbor Care Companions",
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
    """Access-manager tells of four managers; Rosa called two of the offices, and one manager is back."""
    world = cast("OneProcess", scene.world)
    for place, practice in _PRACTICES.items():
        _tell(world, "manager.dormant", organization(world, practice)["id"], place)
    world.settle()
    _read(scene, world)
    _tell(world, "manager.returned", organization(world, _PRACTICES["dormant_returned"])["id"], "dormant_returned")
    world.settle()
    desk = scene.visitor("desk")
    _call(desk, scene.places["dormant_answered"], "The access manager answered, works there")
    _call(desk, scene.places["dormant_proposed"], "They want another person to manage access")
    desk.follow("The office names another person")
    desk.fill("Full name", "Noor Haddad-Featherstonehaugh")
    desk.fill("E-mail address", "noor.haddad-featherstonehaugh@northfield.example")
    desk.choose("See patient claims")
    desk.fill("Why is it right?", "The owner named her on the call, and will write to us.")
    desk.press("Ask a colleague to agree")
    assert "Waits for a second person" in desk.text, desk.text


def _tell(world: OneProcess, kind: str, organization_id: str, place: str) -> None:
    """As access-manager's worker would a year later; nobody in the scene has waited that long."""
    facts: dict[str, object] = {"organization_id": organization_id, "account_id": f"acc_{place}"}
    with world.suite.contexts["access-manager"].transaction() as work:
        if kind == "manager.dormant":
            facts |= {"display_name": "Konstantina Vandenberghe", "last_seen_at": None, "noticed_at": work.now}
        else:
            facts |= {"seen_at": work.now}
        number = 1001 if kind == "manager.dormant" else 1002
        work.publish(kind, subject=organization_id, sequence=number, data=facts)


def _read(scene: "Scene", world: OneProcess) -> None:
    """The ids of the cases, by whom they are about."""
    told = [event.data for event in world.events() if event.type == "vetting.required"]
    found = {str(data["account_id"]): str(data["case_id"]) for data in told}
    scene.places |= {place: found[f"acc_{place}"] for place in _PRACTICES}


def _call(desk: PageVisitor, case: str, said: str) -> None:
    desk.open(f"/desk/cases/{case}")
    desk.choose("The office confirmed")
    desk.fill("Whom did you speak to?", "Dana Whitfield, office manager")
    desk.choose(said)
    desk.press("Record call")
