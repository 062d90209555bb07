"""People before the support desk and at it: open cases, a proposal of each agent, proofs, letters, long lists."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.staff import last_part
from tests.journeys.story import PASSWORD, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import person

if TYPE_CHECKING:
    from tests.browser.scene import Scene

LONG_PRACTICE = "Greater Northeastern Pennsylvania Otorhinolaryngology and Neurorehabilitation Associates, P.C."
_AT_ONCE = 3  # wrong answers about a TIN
RIVERBEND, NUMBER = "Riverbend Behavioral Health", "(202) 555-0199"


def cases(scene: "Scene") -> None:
    """Cases in every state; `desk` is Rosa, who called, refused, and asked a colleague."""
    open_one = scene.applicant("Jordan Blake", RIVERBEND)
    called = scene.applicant("Ana María Goicoechea-Etcheverry", LONG_PRACTICE, "471000018")
    refused = scene.applicant("Pat Quinn", "Stonebridge Podiatry", "471000026")
    no_claim = scene.applicant("Toni Marsh", "Meadow Physical Therapy")
    scene.places["no_claim"] = no_claim.user_id
    for each in (open_one, called, refused, no_claim):
        scene.register(each)
    desk = scene.visitor("desk")
    for name, place in ((open_one.name, "case"), (called.name, "called"), (refused.name, "refused")):
        scene.places[place] = case_of(desk, name)
    desk.choose("does not know")
    desk.fill("Whom did you speak to?", "Front desk")
    desk.press("Record call")
    desk.fill("Reason", "The office does not know you. Ask the office to call us.")
    desk.press("Refuse this application")
    _call(desk, scene.places["called"])
    _seconds(scene, desk)


def case_of(desk: PageVisitor, name: str) -> str:
    """The id of somebody's case."""
    desk.open("/desk")
    desk.follow(name)
    return last_part(desk.address)


def _call(desk: PageVisitor, case: str) -> None:
    desk.open(f"/desk/cases/{case}")
    desk.choose("Left a message")
    desk.fill("The number you called", NUMBER)
    desk.press("Record call")
    desk.choose("The office confirmed")
    desk.fill("The number you called", NUMBER)
    desk.fill("Whom did you speak to?", "Dana Whitfield, office manager")
    desk.choose("They know the applicant")
    desk.choose("They agree")
    desk.press("Record call")
    assert "Seat as access manager" in desk.text, desk.text


def _seconds(scene: "Scene", rosa: PageVisitor) -> None:
    """Rosa asks a colleague about one case, Ines about another, who also got a letter asked for."""
    ines = scene.signed_in("ines.olsen", "/desk")
    asked = {"own": ("Kit Lowell", rosa, "471000034"), "colleague": ("Leo Arden", ines, None)}
    for place, (name, agent, tin) in asked.items():
        applicant = scene.applicant(name, "Stonegate Oncology" if tin else RIVERBEND, tin)
        scene.register(applicant)
        scene.places[f"proposed_{place}"] = case_of(agent, name)
        agent.open(f"/desk/cases/{scene.places[f'proposed_{place}']}/propose")
        agent.fill("Why is it right?", "I met the owner at the office, who showed me the lease.")
        agent.press("Ask a colleague to agree")
        assert "Waits for a second person of the desk" in agent.text, agent.text
        if place == "colleague":
            _letter(scene, applicant.user_id, rosa)


def _letter(scene: "Scene", user_id: str, desk: PageVisitor) -> None:
    visitor = evidence_of(scene, user_id)
    visitor.open(f"{urlsplit(visitor.address).path}/letter")
    visitor.press("Ask for a letter")
    desk.open("/desk/letters")
    desk.follow(RIVERBEND)
    scene.places["letter"] = last_part(desk.address)


def evidence_of(scene: "Scene", user_id: str) -> PageVisitor:
    """An applicant, signed in, at the ways to prove their organization."""
    visitor = scene.signed_in(user_id, "/register/status", PASSWORD)
    visitor.open(next(link for link in visitor.links() if link.endswith("/evidence")))
    return visitor


def guesser(tin: str, tries: int) -> Callable[["Scene"], PageVisitor]:
    """Somebody at the page for claims who gave so many wrong answers."""

    def arrive(scene: "Scene") -> PageVisitor:
        applicant = scene.applicant(f"Gil Mason {'after' if tries else 'before'}", "Fairview Orthopedics", tin)
        scene.register(applicant)
        visitor = evidence_of(scene, applicant.user_id)
        scene.places[f"guess_{tries}"] = urlsplit(visitor.address).path
        for number in range(tries):
            if number == _AT_ONCE:
                scene.world.set_clock(scene.world.now() + timedelta(minutes=2))  # the first rest is a minute
            visitor.open(scene.places[f"guess_{tries}"] + "/payment")
            visitor.fill("Trace number", f"80000{number}")
            visitor.fill("Amount paid", "12.00")
            visitor.press("Check this payment")
        return visitor

    return arrive


def proved(scene: "Scene") -> PageVisitor:
    """Somebody who knew a payment of the demo."""
    applicant = scene.applicant("Mia Hale", RIVERBEND)
    scene.register(applicant)
    visitor = evidence_of(scene, applicant.user_id)
    scene.places["proved"] = urlsplit(visitor.address).path
    visitor.open(scene.places["proved"] + "/payment")
    visitor.fill("Trace number", "DEMO-PAYMENT-0039")
    visitor.fill("Amount paid", "80.00")
    visitor.press("Check this payment")
    assert "Your organization is proved" in visitor.text, visitor.text
    return visitor


def known(place: str, who: str | None = None) -> Callable[["Scene"], PageVisitor]:
    """Somebody with an account who applied again from another browser; there `who` signs in, "" for their own."""

    def arrive(scene: "Scene") -> PageVisitor:
        first = scene.applicant(f"Noa {place.title()}")
        scene.register(first)
        visitor = scene.register(replace(first, practice="Fairview Orthopedics", tin="471000059"), "check")
        visitor.press("Choose user ID and password")
        assert "You have an account already" in visitor.text, visitor.text
        here = urlsplit(visitor.address).path
        scene.places[place] = here if who is None else here.replace("/again", "/attach")
        if who is not None:
            secret = person(scene.world, who)["password"] if who else PASSWORD
            sign_in(visitor, scene.places[place], who or first.user_id, secret)
        return visitor

    return arrive


def fifty(scene: "Scene") -> PageVisitor:
    """Somebody who works for fifty organizations; more cannot be asked for at once."""
    visitor = scene.register(scene.applicant("Bill Fifty"), "check")
    visitor.open("/register/organizations/paste")
    visitor.fill("TINs, one on each line", "\n".join(f"47{number:07d}" for number in range(2000, 2049)))
    visitor.press("Continue")
    assert "50 organizations" in visitor.text, visitor.text
    return visitor


ROLES: dict[str, Callable[["Scene"], PageVisitor]] = {
    "guesser": guesser("471000042", 0),
    "resting_tin": guesser("471000067", 4),
    "proved": proved,
    "known": known("again"),
    "attaching": known("attach", ""),
    "attaching_other": known("attach_other", "priya.nair"),
    "fifty": fifty,
}
