"""A suite in which something has happened, and the people who stand at its pages, each with cookies of their own.

Everything is done through the pages, without scripts; Chromium then takes over the cookies.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

import pyotp

from tests.browser import (
    asking,
    desk_people,
    forgetful,
    guest,
    holder,
    inviting,
    keyholder,
    maintenance,
    owner,
    partnering,
    pocket,
    reviewing,
    robbed,
    seconding,
    staff,
    stops_of_dormant,
    stranger,
    unusual,
)
from tests.journeys.story import MANAGED, PASSWORD, code_in, organization, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, World, code_now, person

STEPS = ("who", "organization", "contact", "email-code", "mobile-code", "access", "check", "activate", "done")
TASKS = ("See patient claims", "Send claims", "Send precertification requests")


@dataclass(frozen=True)
class Applicant:
    """Somebody who registers."""

    name: str
    email: str
    practice: str
    tin: str
    mobile: str

    @property
    def user_id(self) -> str:
        """What they choose."""
        return self.email.split("@")[0]


LONG_NAME = "Wilhelmina Konstantina Featherstonehaugh-Vandenberghe"


@dataclass
class Scene:
    """A world with `places` (ids that addresses need) and one visitor per role."""

    world: World
    places: dict[str, str] = field(default_factory=dict)
    _people: dict[str, PageVisitor] = field(default_factory=dict)
    _mobiles: int = 0

    def visitor(self, role: str) -> PageVisitor:
        """The visitor of a role, brought there at the first call."""
        if role not in self._people:
            self._people[role] = ROLES[role](self)
        return self._people[role]

    def applicant(self, name: str, practice: str = MANAGED, tin: str | None = None) -> Applicant:
        """Somebody new who works for a practice; `tin` for one that the demo does not know."""
        self._mobiles += 1
        email = f"{re.sub('[^a-z]+', '.', name.lower())}@{re.sub('[^a-z]+', '', practice.lower())[:30]}.example"
        known = tin or organization(self.world, practice)["tin"]
        return Applicant(name, email, practice, known, f"+1 212 555 01{self._mobiles:02}")

    def register(self, applicant: Applicant, until: str = "done") -> PageVisitor:
        """Walk through an application and stop where `until` is asked."""
        # All of them sit at one address; only so many codes an hour may be asked for from there.
        cast("OneProcess", self.world).suite.contexts["registration"].cache.delete("codes-from:127.0.0.1")
        visitor = PageVisitor(self.world.base_url)
        for step in self._walk(visitor, applicant):
            if step == until:
                break
        self.world.settle()
        return visitor

    def signed_in(self, user_id: str, address: str = "/account", password: str | None = None) -> PageVisitor:
        """A visitor who signs in at an address, with the code where one is asked for."""
        visitor = PageVisitor(self.world.base_url)
        sign_in(visitor, address, user_id, password or person(self.world, user_id)["password"])
        if urlsplit(visitor.address).path == "/login/prove":
            visitor.fill("6-digit code", self._fresh_code(user_id))
            visitor.press("Continue")
        return visitor

    def _fresh_code(self, user_id: str) -> str:
        self.later()  # a code works once
        return code_now(self.world, user_id)

    def later(self) -> None:
        """Half a minute passes, so that an authenticator app shows another code."""
        self.world.set_clock(self.world.now() + timedelta(seconds=30))

    def _walk(self, visitor: PageVisitor, applicant: Applicant) -> Iterator[str]:
        visitor.open("/register")
        visitor.press("Start")
        yield "who"
        visitor.choose("Representative")
        visitor.press("Continue")
        yield "organization"
        visitor.fill("Name of the organization", applicant.practice)
        visitor.choose("Yes, I enter its TIN")
        visitor.fill("TIN", applicant.tin)
        visitor.press("Continue")
        yield "contact"
        visitor.fill("Full name", applicant.name)
        visitor.fill("E-mail address", applicant.email)
        visitor.fill("Mobile number", applicant.mobile)
        visitor.press("Continue")
        for step, to in (("email-code", applicant.email), ("mobile-code", applicant.mobile.replace(" ", ""))):
            yield step
            self.world.settle()
            visitor.fill("6-digit code", code_in(self.world, to))
            visitor.press("Continue")
        yield "access"
        visitor.choose("I choose single tasks")
        visitor.press("Continue")
        for task in TASKS:
            visitor.choose(task)
        visitor.press("Continue")
        yield "check"
        visitor.press("Choose user ID and password")
        yield "activate"
        visitor.fill("User ID", applicant.user_id)
        visitor.fill("Password", PASSWORD)
        visitor.press("Open my account")
        assert "Your application is in" in visitor.text, visitor.text


def busy(scene: Scene) -> None:
    """Requests wait and are decided, cases are open, maintenance is planned and under way."""
    _requests(scene)
    desk_people.cases(scene)
    scene.places |= maintenance.plan(scene.visitor("operator"))
    scene.visitor("manager_of_two")
    _applications(scene)
    scene.visitor("owner")
    scene.visitor("keyholder")
    scene.visitor("at_two")
    scene.visitor("admin")
    scene.visitor("helped")
    seconding.proposals(scene)
    asking.requests(scene)
    inviting.prepare(scene)
    scene.visitor("company")
    scene.visitor("helped_themself")
    reviewing.reviews(scene)
    stops_of_dormant.cases(scene)


def _requests(scene: Scene) -> None:
    waiting = scene.applicant(LONG_NAME)
    approved, denied = scene.applicant("Casey Rivers"), scene.applicant("Lee Ward")
    for each in (waiting, approved, denied):
        scene.register(each)
    scene.places |= {"waiting": waiting.user_id, "approved": approved.user_id, "denied": denied.user_id}
    alice = scene.visitor("manager")
    scene.places["request"] = _id_behind(alice, "/manage", waiting.name)
    scene.places["decided"] = _id_behind(alice, "/manage", approved.name)
    alice.untick("Send claims")
    alice.press("Approve access")
    scene.places["denied_request"] = _id_behind(alice, "/manage", denied.name)
    alice.choose("need access")
    alice.fill("In your words", "Ask again when your contract with the practice begins.")
    alice.press("Deny request")
    scene.places["member"] = _id_behind(alice, "/manage/people", "Priya Nair")
    scene.places["own"] = _id_behind(alice, "/manage/people", "Alice Moreno")


def _applications(scene: Scene) -> None:
    """Addresses that only the applicants themselves know."""
    done = scene.visitor("draft_done")
    used = next(one for one in done.visited if one.startswith("POST") and "/account/activate" in one)
    scene.places |= {"used_activation": used.removeprefix("POST "), "done": done.address}
    scene.places["activation"] = scene.visitor("draft_activate").address
    for act in ("withdraw", "evidence"):
        scene.places[act] = next(link for link in scene.visitor("waiting").links() if link.endswith(f"/{act}"))


def _id_behind(visitor: PageVisitor, address: str, link: str) -> str:
    """Follow a link of a page; return the id of what it leads to."""
    visitor.open(address)
    visitor.follow(link)
    return _last_part(visitor.address)


def _last_part(address: str) -> str:
    return urlsplit(address).path.rsplit("/", 1)[1]


def _drafts(step: str) -> Callable[[Scene], PageVisitor]:
    return lambda scene: scene.register(scene.applicant(f"Robin Vale {step}"), step)


def _applied(place: str) -> Callable[[Scene], PageVisitor]:
    return lambda scene: scene.signed_in(scene.places[place], "/register/status", PASSWORD)


def _half_signed_in(scene: Scene) -> PageVisitor:
    visitor = PageVisitor(scene.world.base_url)
    sign_in(visitor, "/manage", "david.chen", person(scene.world, "david.chen")["password"])
    return visitor


def _between_organizations(scene: Scene) -> PageVisitor:
    visitor = PageVisitor(scene.world.base_url)
    sign_in(
        visitor, f"{scene.world.portal_url}/sign-in", "tess.alvarez", person(scene.world, "tess.alvarez")["password"]
    )
    return visitor


def _owner(scene: Scene) -> PageVisitor:
    """Uma has addresses in every state; Gus closed his account."""
    uma, gus = scene.applicant("Uma Brook"), scene.applicant("Gus Field")
    for each in (uma, gus):
        scene.register(each)
    visitor = scene.signed_in(uma.user_id, "/account/contacts", PASSWORD)
    scene.places |= owner.add_addresses(visitor, scene.world)
    scene.places["contact_answer"] = owner.answer_link(scene.world, uma.email)
    owner.close(scene.signed_in(gus.user_id, "/account/close", PASSWORD))
    return visitor


def _at_admin(scene: Scene) -> PageVisitor:
    """Kim at the operators' pages, with an account held and a policy that departs."""
    visitor = scene.signed_in("kim.tanaka", "/admin")
    scene.places |= staff.work(visitor)
    return visitor


def _of_two(scene: Scene) -> PageVisitor:
    """Tess becomes a manager of both organizations, and sets up an app on the way to the console."""
    seconding.seat(scene, "tess.alvarez")
    return _enrolled("tess.alvarez")(scene)


def _enrolled(user_id: str) -> Callable[[Scene], PageVisitor]:
    def arrive(scene: Scene) -> PageVisitor:
        visitor = _enrolling(user_id)(scene)
        key = re.search(r"\b(?:[A-Z2-7]{4} ?){8}\b", visitor.text)
        assert key, visitor.text
        visitor.fill("6-digit code", pyotp.TOTP(key.group().replace(" ", "")).at(scene.world.now()))
        visitor.press("Finish setting up")
        return visitor

    return arrive


def _asked_to_enrol(user_id: str) -> Callable[[Scene], PageVisitor]:
    return lambda scene: scene.signed_in(user_id, "/manage")


def _enrolling(user_id: str) -> Callable[[Scene], PageVisitor]:
    """Somebody who chose the app, with its picture before them."""

    def arrive(scene: Scene) -> PageVisitor:
        visitor = _asked_to_enrol(user_id)(scene)
        visitor.follow("Set up an app")
        return visitor

    return arrive


def _at_portal(user_id: str) -> Callable[[Scene], PageVisitor]:
    return lambda scene: scene.signed_in(user_id, f"{scene.world.portal_url}/sign-in")


ROLES: dict[str, Callable[[Scene], PageVisitor]] = {
    "shut_out": unusual.shut_out,
    "nobody": lambda scene: PageVisitor(scene.world.base_url),
    "manager": lambda scene: scene.signed_in("alice.moreno", "/manage"),
    "only_manager": lambda scene: scene.signed_in("omar.haddad", "/manage"),
    "manager_of_two": _of_two,
    "owner": _owner,
    "at_two": stranger.at_two,
    "at_reception": stranger.reception,
    "keyholder": keyholder.arrive,
    "holder": holder.arrive,
    "guest": guest.arrive,
    "sent": guest.sent,
    "half_keyholder": keyholder.half,
    "robbed": robbed.arrive,
    "unusual": unusual.arrive,
    "held": unusual.held,
    "closed": unusual.closed,
    "refused": unusual.refused,
    "resting": unusual.resting,
    "unread": unusual.unread,
    "member": lambda scene: scene.signed_in("priya.nair"),
    "pending": lambda scene: scene.signed_in("sam.porter"),
    "desk": lambda scene: scene.signed_in("rosa.ramirez", "/desk"),
    "operator": lambda scene: scene.signed_in("kim.tanaka", "/hours"),
    "admin": _at_admin,
    "half": _half_signed_in,
    "enrolling": _asked_to_enrol("sam.porter"),
    "pocket": pocket.arrive,
    "pocket_half": lambda scene: pocket.half_way(scene.world, "wim.pond"),
    "pocket_sent": lambda scene: pocket.sent_a_code(scene.world, "wim.pond"),
    "one_way": pocket.one_way_only,
    "between": _between_organizations,
    "at_portal": _at_portal("priya.nair"),
    "at_portal_strong": _at_portal("alice.moreno"),
    "member_strong": _enrolled("priya.nair"),
    "waiting": _applied("waiting"),
    "approved": _applied("approved"),
    "denied": _applied("denied"),
    "no_claim": _applied("no_claim"),
    **{f"draft_{step}": _drafts(step) for step in STEPS},
    **forgetful.ROLES,
    **desk_people.ROLES,
    **asking.ROLES,
    **partnering.ROLES,
}
