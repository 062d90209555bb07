"""A practice in which everything happened `many` times over: each list of the console and the API has that many rows.

Rows are full: whoever asked, decided, ended or was sent has a name that must be found, an end, a reason.
"""

from datetime import timedelta
from typing import Any

import httpx

from access_manager.demo import DemoPerson
from access_manager.functions.catalogue import FUNCTIONS
from tests.service.access_manager.partnership import BEA, BILLING, GIVEN, company
from tests.service.access_manager.reviewing import text
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, World, asks, clinic, manager, member

API = "/api/access/v1"
BASE = f"{API}/organizations/{CLINIC}"
MAX, SUE = "acc_max", "acc_sue"
_EVERYBODY = 200
_KEEPS = ("eligibility.view", "claims.status.view", "precert.view")


class Busy:
    """The world, what everybody's memberships are called, and the ids of one of everything."""

    def __init__(self, world: World, many: int) -> None:
        """Fill the practice."""
        self.world, self.many = world, many
        self.ids: dict[str, str] = {"account_id": member_of(0)}
        world.availability.open(*(each.id for each in FUNCTIONS))
        world.seed(clinic(*self._people()), company(manager(BEA, "Bea Billing", ()), *self._billers()))
        for number in range(many):
            self._elsewhere(number)
        self.memberships = self._memberships(CLINIC)
        self.ids["membership_id"] = self.memberships[member_of(0)]
        for fill in (self._joining, self._asking, self._inviting, self._deputies, self._partners, self._sent):
            fill()
        for fill in (self._emergencies, self._proposals, self._several, self._reviews, self._asleep):
            fill()

    def call(self, who: str | None, method: str, path: str, body: Any = None) -> Any:
        """Call the API as somebody, or as a program; what comes back must be a success."""
        if not path.startswith("/"):
            path = f"{BASE}/{path}"
        answer: httpx.Response = self.world.api(subject=who).request(method, path, json=body, headers={"If-Match": "*"})
        assert answer.is_success, (method, path, answer.text)
        return answer.json()

    def _people(self) -> list[DemoPerson]:
        members = [member(member_of(n), f"Person {n:03}", _KEEPS) for n in range(self.many)]
        sleeping = [member(f"acc_asleep_{n}", f"Sleeper {n:03}", _KEEPS) for n in range(self.many)]
        seats = [manager(f"acc_seat_{n}", f"Manager {n:03}", _KEEPS) for n in range(min(self.many, 12))]
        return [manager(), manager(MAX, "Max Manager"), *seats, *members, *sleeping, member(SUE, "Sue Several", _KEEPS)]

    def _billers(self) -> list[DemoPerson]:
        return [member(f"acc_biller_{n}", f"Biller {n:03}", ()) for n in range(self.many)]

    def _elsewhere(self, number: int) -> None:
        """One more organization in which Meg manages, and Sue has access."""
        people = (manager(MEG, "Meg Manager"), member(SUE, "Sue Several", _KEEPS))
        self.world.seed(clinic(*people, id=f"org_{number:03}"))

    def _memberships(self, organization: str) -> dict[str, str]:
        found = self.call(None, "GET", f"{API}/organizations/{organization}/members")["members"]
        return {each["account_id"]: each["membership_id"] for each in found}

    def _joining(self) -> None:
        """As many wait; as many were decided."""
        for number in range(2 * self.many):
            person = {"display_name": f"Asker {number:03}", "email": f"asker{number}@office.example", "mobile": None}
            facts = asks(f"acc_asker_{number}", f"app_{number}", person=person)
            self.world.tell("user.registered", "registration", f"app_{number}", **facts)
        waiting = self.call(None, "GET", "approvals")["approvals"]
        for number, each in enumerate(waiting[self.many :]):
            verdict = {"outcome": "deny", "reason": "unknown_person"} if number % 2 else {"outcome": "approve"}
            self.call(MEG, "POST", f"approvals/{each['approval_id']}/decision", verdict)
        self.ids["approval_id"] = waiting[0]["approval_id"]
        self.asked = [each["approval_id"] for each in waiting]

    def _asking(self) -> None:
        for number in range(self.many):
            wanted = {"organization_id": CLINIC, "functions": ["claims.submit"], "note": "I do the claims now"}
            made = self.call(member_of(number), "POST", f"{API}/me/access-requests", wanted)
            self.ids["request_id"] = made["request_id"]
            self.asked.append(made["request_id"])
            self.call(SUE, "POST", f"{API}/me/access-requests", {**wanted, "organization_id": f"org_{number:03}"})

    def _inviting(self) -> None:
        for number in range(self.many):
            invited = {"display_name": f"Guest {number:03}", "email": f"guest{number}@office.example"}
            made = self.call(MEG, "POST", "invitations", {**invited, "functions": list(_KEEPS)})
            self.ids["invitation_id"] = made["invitation_id"]

    def _deputies(self) -> None:
        until = text(MONDAY + timedelta(days=20))
        for number in range(min(self.many, 5)):
            named = {"membership_id": self.memberships[member_of(number)], "scopes": ["requests"], "ends_at": until}
            self.ids["deputy_id"] = self.call(MEG, "POST", "deputies", named)["deputy_id"]

    def _partners(self) -> None:
        """The clinic gives to many companies, and one company holds from many practices."""
        for number in range(self.many):
            self.world.seed(company(manager(BEA, "Bea Billing", ()), id=f"org_co_{number}", name=f"Company {number}"))
            self._connected(CLINIC, f"org_co_{number}")
            self._connected(f"org_{number:03}", BILLING)
        self.ids["link_id"] = self._connected(CLINIC, BILLING)

    def _connected(self, provider: str, partner: str) -> str:
        theirs = f"{API}/organizations/{partner}"
        code = self.call(BEA, "POST", f"{theirs}/connect-code")["connect_code"]
        offer = {"side": "provider", "functions": list(GIVEN), "connect_code": code}
        made = self.call(MEG, "POST", f"{API}/organizations/{provider}/partners", offer)
        link = str(made["link_id"])
        self.call(BEA, "POST", f"{theirs}/partners/{link}/decision", {"outcome": "accept"})
        return link

    def _sent(self) -> None:
        own = self._memberships(BILLING)
        staff = f"{API}/organizations/{BILLING}/partners/{self.ids['link_id']}/staff"
        for number in range(self.many):
            self.ids["sent_id"] = own[f"acc_biller_{number}"]
            self.call(BEA, "PUT", f"{staff}/{self.ids['sent_id']}", {"functions": list(GIVEN)})

    def _emergencies(self) -> None:
        self.call(MEG, "PUT", "emergency-list", {"functions": ["clinical.view"], "minutes": 60})
        for number in range(self.many):
            urgent = {"organization_id": CLINIC, "functions": ["clinical.view"], "reason": "The others are all away"}
            made = self.call(member_of(number), "POST", f"{API}/me/emergencies", urgent)["emergency_id"]
            if number:
                self.call(MAX, "POST", f"emergencies/{made}/ending")
                self.call(MEG, "POST", f"emergencies/{made}/review", {"finding": "in_order"})
            self.ids["emergency_id"] = made

    def _proposals(self) -> None:
        for number in range(self.many):
            wanted = {"kind": "functions", "functions": ["remittance.view"]}
            wanted |= {"membership_id": self.memberships[member_of(number)]}
            self.ids["proposal_id"] = self.call(MEG, "POST", "proposals", wanted)["proposal_id"]

    def _several(self) -> None:
        rows = [{"name": f"Row {n:03}", "email": f"row{n}@office.example"} for n in range(self.many)]
        made = self.call(MEG, "POST", "batches", {"kind": "add", "rows": rows, "functions": list(_KEEPS)})
        self.ids["batch_id"] = made["batch_id"]

    def _reviews(self) -> None:
        """As many as are over, and one that is open, of whose people every other one is decided."""
        for _ in range(self.many):
            review = self._review()
            self.call(MEG, "POST", f"reviews/{review}/closing")
        self.ids["review_over"] = review
        self.ids["review_id"] = self._review()

    def _review(self) -> str:
        opened = self.call(MEG, "POST", "reviews", {"due_at": text(self.world.clock.now() + timedelta(days=14))})
        review = str(opened["review_id"])
        for item in self.call(None, "GET", f"reviews/{review}/items?limit={_EVERYBODY}")["items"]:
            by = MAX if item["account_id"] == MEG else MEG
            path = f"reviews/{review}/items/{item['membership_id']}/decision"
            self.call(by, "POST", path, {"decision": "keep"})
        return review

    def _asleep(self) -> None:
        """Some were suspended because they do not sign in."""
        with self.world.context.transaction() as work:
            sql = "UPDATE memberships SET status = 'suspended' WHERE account_id LIKE 'acc_asleep_%'"
            work.session.connection().exec_driver_sql(sql)


def member_of(number: int) -> str:
    """The account of a plain member."""
    return f"acc_member_{number}"
