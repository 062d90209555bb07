"""One true story: from registration to an open gate (told in one process, in Chromium and on the stack).

Each chapter is a promise of the product; whoever tells it brings a world and a way to open browsers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pyotp

from tests.support.pages import PageVisitor, Visitor
from tests.support.relying_party import RelyingParty, service_token
from tests.support.throwaway import wait_for
from tests.support.world import World, code_now, person

EASTERN = ZoneInfo("America/New_York")
THURSDAY = datetime(2026, 11, 19, 10, 0, tzinfo=EASTERN).astimezone(UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 21, 30, tzinfo=EASTERN)
MONDAY_MORNING = datetime(2026, 11, 23, 5, 0, tzinfo=EASTERN)

# What the story must have made known, by its name on the bus.
TOLD = {
    "account.opened",
    "user.registered",
    "approval.required",
    "approval.decided",
    "membership.granted",
    "membership.changed",
    "account.activated",
    "vetting.required",
    "vetting.completed",
    "manager.changed",
    "session.started",
}
PASSWORD = "seven quiet herons wade at dawn"
MANAGED, MANAGERS = "Northfield Family Medicine", ("alice.moreno", "david.chen")
ACT = "precert.submit"


@dataclass
class Story:
    """What the chapters remember."""

    world: World
    browser: Callable[[], Visitor]
    coordinator: Visitor = field(init=False)
    manager: Visitor = field(init=False)
    account_id: str = ""

    def tell(self) -> None:
        """Every chapter in order."""
        self.world.set_clock(THURSDAY)
        self.coordinator, self.manager = self.browser(), self.browser()
        self.a_coordinator_registers()
        self.every_manager_is_written_to()
        self.while_waiting_there_is_only_a_status_page()
        self.a_manager_approves_with_other_functions()
        self.the_portal_knows_at_once()
        self.opening_hours_open_and_close_the_gate()
        self.a_removed_function_is_gone_at_once()
        self.the_first_person_of_an_unknown_practice()

    def a_coordinator_registers(self) -> None:
        """1. Contacts are proved, a user ID and a password chosen; `user.registered` tells the others."""
        practice = organization(self.world, MANAGED)
        email = "casey.rivers@northfield.example"
        register(self.world, self.coordinator, "Casey Rivers", email, practice["tin"], MANAGED)
        assert "Your application is in" in self.coordinator.text
        self.world.settle()
        facts = self.of("user.registered")[-1]
        self.account_id = str(facts["account_id"])
        assert facts["route"] == "managers"
        assert facts["organization_id"] == practice["id"]

    def every_manager_is_written_to(self) -> None:
        """2. Each manager gets a mail; its link opens the request and decides nothing."""
        assert len(self.of("approval.required")) == 1
        for user_id in MANAGERS:
            assert self.link_for(user_id).startswith(f"{self.world.base_url}/manage/requests/")
        httpx.get(self.link_for(MANAGERS[0]), follow_redirects=True)  # what a mail scanner does
        self.world.settle()
        assert not self.of("approval.decided")

    def while_waiting_there_is_only_a_status_page(self) -> None:
        """3. F1: the applicant sees what happens next and by when; their tokens carry no functions."""
        sign_in(self.coordinator, "/login", "casey.rivers", PASSWORD)
        self.coordinator.open("/register/status")
        assert "What happens next" in self.coordinator.text, self.coordinator.text
        assert "December 4, 2026" in self.coordinator.text, (
            self.coordinator.text
        )  # ten business days on, Thanksgiving skipped
        assert not any(name.split(".")[0] in self.coordinator.text.lower() for name in MANAGERS)
        self.at_portal()
        assert "none yet" in self.coordinator.text, self.coordinator.text

    def a_manager_approves_with_other_functions(self) -> None:
        """4. A manager signs in with two factors, sees the inbox, approves other functions than asked."""
        manager = self.manager
        sign_in(manager, self.link_for(MANAGERS[0]), MANAGERS[0], person(self.world, MANAGERS[0])["password"])
        manager.fill("6-digit code", code_now(self.world, MANAGERS[0]))
        manager.press("Continue")
        manager.open("/manage")
        assert "Casey Rivers" in manager.text
        manager.follow("Casey Rivers")
        manager.untick("Send claims")
        manager.choose("See remittances")
        manager.press("Approve access")
        self.world.settle()
        decided = self.of("approval.decided")[-1]
        assert decided["outcome"] == "approved_with_changes"
        granted = self.of("membership.granted")[-1]
        assert granted["account_id"] == self.account_id
        assert set(granted["functions"]) == {"claims.status.view", "precert.submit", "remittance.view"}

    def the_portal_knows_at_once(self) -> None:
        """5. The sample portal sees organization and functions in the token."""
        self.at_portal()
        assert MANAGED in self.coordinator.text
        for name in ("claims.status.view", "precert.submit", "remittance.view"):
            assert name in self.coordinator.text
        assert "claims.submit" not in self.coordinator.text

    def opening_hours_open_and_close_the_gate(self) -> None:
        """6. Permitted within hours with `valid_until`; closed on Sunday night, told when it opens; open again."""
        answer = self.evaluate()
        assert answer["decision"] is True
        assert answer["context"]["valid_until"] == "2026-11-20T08:00:00Z"  # Friday 03:00 Eastern
        self.ask_at_portal("Permitted")
        assert self.gate().status_code == 204

        self.world.set_clock(SUNDAY_NIGHT)
        closed = self.evaluate()
        assert closed["decision"] is False
        assert closed["context"]["reason_code"] == "function_closed"
        # Three days later the sign-in is over, at Gatehouse and therefore at the portal.
        sign_in(self.coordinator, f"{self.world.portal_url}/sign-in", "casey.rivers", PASSWORD)
        self.ask_at_portal("Not permitted")
        refusal = self.gate()
        assert refusal.status_code == 503
        assert refusal.json()["type"].endswith("/problems/function-closed")
        assert refusal.json()["next_open"] == "2026-11-23T10:00:00Z"
        assert int(refusal.headers["Retry-After"]) == 7.5 * 3600

        self.world.set_clock(MONDAY_MORNING)
        assert self.evaluate()["decision"] is True
        assert self.gate().status_code == 204

    def a_removed_function_is_gone_at_once(self) -> None:
        """7. The very next evaluation denies, and introspection shows it."""
        app = RelyingParty(self.world, PageVisitor(self.world.base_url), "trial")

        def told_that_it_opened() -> bool:
            """Identity hears of an opening a moment later; until then its tokens are silent about the function."""
            self.world.settle()
            app.sign_in("casey.rivers", PASSWORD)
            return ACT in app.introspect()["functions"]

        wait_for(told_that_it_opened, 10)

        manager = self.manager
        manager.open("/manage/people")
        if "Sign in" in manager.text:
            sign_in(manager, None, MANAGERS[0], person(self.world, MANAGERS[0])["password"])
            manager.fill("6-digit code", code_now(self.world, MANAGERS[0]))
            manager.press("Continue")
        manager.open("/manage/people")
        manager.follow("Casey Rivers")
        manager.untick("Send precertification requests")
        manager.press("Save access")
        denied = self.evaluate()
        assert denied["decision"] is False
        assert denied["context"]["reason_code"] == "function_not_granted"
        self.world.settle()
        assert ACT not in app.introspect()["functions"]

    def the_first_person_of_an_unknown_practice(self) -> None:
        """8. Nobody manages it yet: the desk calls, records, seats; the applicant is the first manager."""
        applicant, desk = self.browser(), self.browser()
        practice = organization(self.world, "Riverbend Behavioral Health")
        email = "jordan.blake@riverbend.example"
        register(self.world, applicant, "Jordan Blake", email, practice["tin"], practice["name"])
        self.world.settle()
        required = self.of("vetting.required")[-1]
        assert str(required["due_at"]).startswith("2026-12-0")
        desk_person = next(entry for entry in self.world.facts["people"] if entry["role"] == "desk")
        sign_in(desk, "/desk", desk_person["user_id"], desk_person["password"])
        desk.fill("6-digit code", code_now(self.world, desk_person["user_id"]))
        desk.press("Continue")
        desk.follow("Jordan Blake")
        desk.choose("The office confirmed")
        desk.fill("Whom did you speak to?", "Dana Whitfield, office manager")
        desk.choose("They know the applicant")
        desk.choose("They agree that the applicant manages access")
        desk.press("Record call")
        desk.press("Seat as access manager")
        self.world.settle()
        assert self.of("vetting.completed")[-1]["outcome"] == "seated"
        assert self.of("manager.changed")[-1]["count"] == 1
        self.the_first_manager_enters(applicant, practice["name"])

    def the_first_manager_enters(self, applicant: Visitor, practice: str) -> None:
        """The new manager enrols a second factor on the way to the console."""
        sign_in(applicant, "/manage", "jordan.blake", PASSWORD)
        applicant.follow("Set up an app")
        authenticator = pyotp.parse_uri(applicant.leads_to("On this phone: open it in the app"))
        assert isinstance(authenticator, pyotp.TOTP)
        applicant.fill("6-digit code", authenticator.at(self.world.now()))
        applicant.press("Finish setting up")
        assert "No requests wait for a decision" in applicant.text

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The facts of every published event of a type, oldest first."""
        return [dict(event.data) for event in self.world.events() if event.type == kind]

    def link_for(self, user_id: str) -> str:
        """The link in a manager's newest mail."""
        account = person(self.world, user_id)
        mail = self.world.messages(account["email"])[0]
        found = re.search(r"https?://\S+/manage/requests/\S+", mail["text"])
        assert found, mail["text"]
        return found.group().rstrip(".")

    def at_portal(self) -> None:
        """The coordinator signs in at the sample portal afresh."""
        self.coordinator.open(self.world.portal_url + "/sign-in")

    def ask_at_portal(self, heading: str) -> None:
        """The coordinator tries the act at the portal."""
        self.coordinator.open(self.world.portal_url + "/")
        self.coordinator.press("Submit a precertification")
        assert self.coordinator.text.startswith(heading), self.coordinator.text

    def evaluate(self) -> dict[str, Any]:
        """The portal's question to the decision point (AuthZEN Authorization API 1.0)."""
        token = service_token(self.world, "access", client="portal")
        question = {
            "subject": {"type": "account", "id": self.account_id},
            "action": {"name": ACT},
            "resource": {"type": "organization", "id": organization(self.world, MANAGED)["id"]},
        }
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(f"{self.world.base_url}/access/v1/evaluation", json=question, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def gate(self) -> httpx.Response:
        """A reverse proxy's question to the gate."""
        return httpx.get(f"{self.world.base_url}/gate/check", params={"function": ACT})


def organization(world: World, name: str) -> dict[str, Any]:
    """Return a demo organization's entry of the facts."""
    return next(entry for entry in world.facts["organizations"] if entry["name"] == name)


def sign_in(visitor: Visitor, address: str | None, user_id: str, password: str) -> None:
    """Open an address that asks for a sign-in, and enter user ID and password."""
    if address:
        visitor.open(address)
    visitor.fill("User ID", user_id)
    visitor.fill("Password", password)
    visitor.press("Sign in")


def register(world: World, visitor: Visitor, name: str, email: str, tin: str, practice: str) -> None:
    """Walk through the application as a representative who asks for three tasks."""
    visitor.open("/register")
    visitor.press("Start")
    visitor.choose("Representative")
    visitor.press("Continue")
    visitor.fill("Name of the organization", practice)
    visitor.choose("Yes, I enter its TIN")
    visitor.fill("TIN", f"{tin[:2]}-{tin[2:]}")
    visitor.press("Continue")
    mobile = "+1 212 555 01" + str(10 + len(name))
    visitor.fill("Full name", name)
    visitor.fill("E-mail address", email)
    visitor.fill("Mobile number", mobile)
    visitor.press("Continue")
    for to in (email, mobile.replace(" ", "")):
        world.settle()
        visitor.fill("6-digit code", code_in(world, to))
        visitor.press("Continue")
    visitor.choose("I choose single tasks")
    visitor.press("Continue")
    for task in ("See patient claims", "Send claims", "Send precertification requests"):
        visitor.choose(task)
    visitor.press("Continue")
    assert tin not in visitor.text
    visitor.press("Choose user ID and password")
    visitor.fill("User ID", email.split("@")[0])
    visitor.fill("Password", PASSWORD)
    visitor.press("Open my account")


def code_in(world: World, to: str) -> str:
    """Return the newest code that was sent to an address; other letters may have come after it."""
    texts = [message["text"] for message in world.messages(to)]
    found = [hit.group() for text in texts if "code" in text and (hit := re.search(r"(?<![\d-])\d{6}(?![\d-])", text))]
    assert found, texts
    return found[0]
