"""A practice and the billing company that works for it, with the verbs of both sides through the JSON API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from access_manager.demo import DemoPerson, DemoPractice
from access_manager.organizations.service import OrganizationFacts
from tests.service.access_manager.world import CLINIC, MEG, World, clinic, manager, member

BILLING = "org_billing"
BEA, BEN, BO = "acc_bea", "acc_ben", "acc_bo"
GIVEN = ("eligibility.view", "claims.status.view", "claims.submit", "remittance.view")


def company(
    *people: DemoPerson, id: str = BILLING, name: str = "Billwell Billing", kind: str = "billing_company"
) -> DemoPractice:
    """Return a company that works for others."""
    return DemoPractice(OrganizationFacts(id, name, kind, True, "5678"), people)


@dataclass
class Partnership:
    """The clinic of Meg and Sam, and the company of the managers Bea and Bo with Ben."""

    world: World

    @classmethod
    def seeded(cls, world: World) -> "Partnership":
        """Both organizations, every function open."""
        world.seed(
            clinic(manager(), member()),
            company(manager(BEA, "Bea Billing", ()), manager(BO, "Bo Billing", ()), member(BEN, "Ben Biller", ())),
        )
        world.availability.open(*GIVEN, "precert.submit", "clinical.view", "payment.manage")
        return cls(world)

    def call(
        self, who: str | None, method: str, path: str, organization: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Call as a person, or as a program where nobody is named."""
        address = f"/api/access/v1/organizations/{organization}/{path}"
        return self.world.api(subject=who).request(method, address, json=body, headers=headers)

    def code(self, organization: str = BILLING, who: str | None = None) -> str:
        """Make a connection code."""
        return str(self.call(who, "POST", "connect-code", organization).json()["connect_code"])

    def propose(self, who: str | None = MEG, organization: str = CLINIC, **changes: Any) -> httpx.Response:
        """Propose that the company works for the clinic, as a manager of the clinic unless said otherwise."""
        body = {"side": "provider", "functions": list(GIVEN), "ends_at": None, **changes}
        if "connect_code" not in body:
            body["connect_code"] = self.code() if body["side"] == "provider" else self.code(CLINIC)
        return self.call(who, "POST", "partners", organization, body)

    def answer(
        self, link: str, outcome: str = "accept", who: str | None = BEA, organization: str = BILLING
    ) -> httpx.Response:
        """Answer a proposal."""
        return self.call(who, "POST", f"partners/{link}/decision", organization, {"outcome": outcome})

    def connected(self, **changes: Any) -> str:
        """Return a link that both sides agreed to."""
        link = str(self.propose(**changes).json()["link_id"])
        assert self.answer(link).json()["state"] == "active"
        return link

    def membership(self, account: str, organization: str = BILLING) -> str:
        """Return the membership of an account."""
        return str(self.members(organization)[account]["membership_id"])

    def members(self, organization: str = CLINIC) -> dict[str, dict[str, Any]]:
        """Return who has access, by account."""
        found = self.call(None, "GET", "members", organization).json()["members"]
        return {each["account_id"]: each for each in found}

    def send(
        self,
        link: str,
        account: str = BEN,
        who: str | None = BEA,
        functions: tuple[str, ...] = GIVEN,
        ends_at: datetime | None = None,
    ) -> httpx.Response:
        """Send one of the company's people through the link."""
        body = {"functions": list(functions), "ends_at": ends_at.isoformat() if ends_at else None}
        return self.call(who, "PUT", f"partners/{link}/staff/{self.membership(account)}", BILLING, body)

    def narrow(
        self, link: str, *functions: str, who: str | None = MEG, ends_at: datetime | None = None
    ) -> httpx.Response:
        """Leave the link these functions."""
        body = {"functions": list(functions), "ends_at": ends_at.isoformat() if ends_at else None}
        return self.call(who, "PUT", f"partners/{link}", CLINIC, body, **{"If-Match": "*"})

    def end(self, link: str, who: str | None = MEG, organization: str = CLINIC) -> httpx.Response:
        """End the link."""
        return self.call(who, "POST", f"partners/{link}/ending", organization)

    def may(self, account: str, function: str) -> bool:
        """Whether the decision point permits it at the clinic."""
        return bool(self.world.evaluate(account, function)["decision"])

    def why_not(self, account: str, function: str) -> str:
        """The reason code of the decision point."""
        return str(self.world.evaluate(account, function)["context"]["reason_code"])
