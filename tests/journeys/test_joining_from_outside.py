"""What a person who joins may do, asked as portals ask: the decision point, tokens, managers' API (rows F1, F6 to F9).

The whole suite in one process; each promise has people and organizations of its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from access_manager.functions.catalogue import FUNCTIONS
from identity.oidc import demo
from identity.oidc.clients.service import ensure_client
from tests.journeys.story import MANAGED, MANAGERS, PASSWORD, THURSDAY, organization, register, sign_in
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty, service_token
from tests.support.world import OneProcess, code_now, one_process, person

HILLTOP, LEDGER, LAKESIDE = "Hilltop Imaging", "Ledger Line Billing", "Lakeside Dental Group"
WITHHELD = {"fee-schedule-change.view", "demographics.update", "agreement.copy.request"}
SCOPES = ("openid", "population", "organization", "functions", "access.manage")
ORGANIZATIONS = "/api/access/v1/organizations"
ALL = [each.id for each in FUNCTIONS]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people; the trial app may manage access for whoever signs in there."""
    with one_process(tmp_path_factory.mktemp("joining"), THURSDAY) as made:
        trial = demo.trial(made.base_url)
        with made.suite.contexts["identity"].transaction() as work:
            scopes = (*trial.scopes, "access.manage")
            ensure_client(work, replace(trial, scopes=scopes), made.suite.secrets.clients["trial"])
        yield made


def applicant(world: OneProcess, name: str, practice: str) -> tuple[str, PageVisitor]:
    """Somebody whose application is in: user ID and browser."""
    visitor = PageVisitor(world.base_url)
    email = f"{name.lower().replace(' ', '.')}@joining.example"
    register(world, visitor, name, email, organization(world, practice)["tin"], practice)
    assert "Your application is in" in visitor.text, visitor.text
    world.settle()
    return email.split("@")[0], visitor


def account_of(world: OneProcess, name: str) -> str:
    """The account of an applicant, as everybody was told."""
    told = [event.data for event in world.events() if event.type == "user.registered"]
    return next(str(each["account_id"]) for each in told if each["person"]["display_name"] == name)  # type: ignore[index]


def answers(world: OneProcess, account_id: str, practice: str) -> dict[str, Any]:
    """The decision about every function of the catalogue, by function (AuthZEN Authorization API 1.0, Evaluations)."""
    question = {
        "subject": {"type": "account", "id": account_id},
        "resource": {"type": "organization", "id": organization(world, practice)["id"]},
        "evaluations": [{"action": {"name": each}} for each in ALL],
    }
    headers = {"Authorization": f"Bearer {service_token(world, 'access', client='portal')}"}
    told = httpx.post(f"{world.base_url}/access/v1/evaluations", json=question, headers=headers)
    assert told.status_code == 200, told.text
    return dict(zip(ALL, told.json()["evaluations"], strict=True))


def functions_of(world: OneProcess, user_id: str, password: str = PASSWORD) -> list[str]:
    """What the token of somebody says, at an app they have just signed in to."""
    party = RelyingParty(world, PageVisitor(world.base_url), "trial")
    party.sign_in(user_id, password)
    return list(party.introspect().get("functions") or ())


class Manager:
    """A manager at a browser, and with the JSON API by an app of theirs."""

    def __init__(self, world: OneProcess, user_id: str) -> None:
        self.world, self.visitor, self._token = world, PageVisitor(world.base_url), ""
        world.set_clock(world.now() + timedelta(seconds=30))  # a code works once
        sign_in(self.visitor, "/manage", user_id, person(world, user_id)["password"])
        self.visitor.fill("6-digit code", code_now(world, user_id))
        self.visitor.press("Continue")

    def open(self, name: str) -> str:
        """Open the request of an applicant in the inbox; return its id."""
        self.visitor.open("/manage")
        self.visitor.follow(name)
        return self.visitor.address.rsplit("/", 1)[1]

    def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Access-manager's JSON API, by the token of an app that they have signed in to."""
        if not self._token:
            tokens = RelyingParty(self.world, self.visitor, "trial").sign_in("", "", scope=" ".join(SCOPES))
            self._token = tokens["access_token"]
        sent = {"Authorization": f"Bearer {self._token}", **headers}
        return httpx.request(method, f"{self.world.base_url}{ORGANIZATIONS}/{path}", json=body, headers=sent)


def slug(answer: httpx.Response) -> tuple[int, str]:
    """Status and the name of a refusal."""
    return answer.status_code, str(answer.json()["type"]).rsplit("/", 1)[-1]


def test_f1_nothing_opens_while_an_application_waits(world: OneProcess) -> None:
    """F1: the sign-in works, the token has no functions, every function is denied as registration_pending, wherever it
    is asked for; the status page names the next step; what managers do is not for a pending person.
    """
    user_id, visitor = applicant(world, "Fay Pending", MANAGED)
    account = account_of(world, "Fay Pending")
    sign_in(visitor, "/register/status", user_id, PASSWORD)
    assert "What happens next" in visitor.text, visitor.text
    assert functions_of(world, user_id) == []
    for practice in (MANAGED, LAKESIDE):
        told = answers(world, account, practice)
        assert {each["decision"] for each in told.values()} == {False}
        assert {each["context"]["reason_code"] for each in told.values()} == {"registration_pending"}
    visitor.open("/manage")
    assert "No requests" not in visitor.text
    assert "Alice Moreno" not in visitor.text


def test_f9_other_functions_are_given_exactly_and_both_stay_in_the_history(world: OneProcess) -> None:
    """F9: denied with a reason the applicant reads; applied again; approved with other functions: exactly those."""
    user_id, visitor = applicant(world, "Gus Denied", MANAGED)
    account = account_of(world, "Gus Denied")
    alice = Manager(world, MANAGERS[0])
    alice.open("Gus Denied")
    alice.visitor.choose("need access")
    alice.visitor.fill("In your words", "Ask again when your contract with the practice begins.")
    alice.visitor.press("Deny request")
    world.settle()
    sign_in(visitor, "/register/status", user_id, PASSWORD)
    assert "Ask again when your contract with the practice begins." in visitor.text
    visitor.press("Apply again")
    visitor.press("Choose user ID and password")
    visitor.follow("Sign in and hand in")
    visitor.press("Hand in")
    world.settle()
    alice.open("Gus Denied")
    alice.visitor.untick("Send claims")
    alice.visitor.untick("Send precertification requests")
    alice.visitor.choose("See remittances")
    alice.visitor.press("Approve access")
    world.settle()
    given = {"claims.status.view", "remittance.view"}
    assert {each for each, told in answers(world, account, MANAGED).items() if told["decision"]} == given
    assert set(functions_of(world, user_id)) == given
    visitor.open("/register/status")
    assert "Not approved" in visitor.text
    assert "Approved" in visitor.text.replace("Not approved", "")


def test_f6_three_functions_are_never_given_without_a_contract(world: OneProcess) -> None:
    """F6: not by a manager's decision, not by a manager's change afterwards: 409 with the reason, and nothing given."""
    user_id, _visitor = applicant(world, "Hal Hilltop", HILLTOP)
    account = account_of(world, "Hal Hilltop")
    omar = Manager(world, "omar.haddad")
    request, ours = omar.open("Hal Hilltop"), organization(world, HILLTOP)["id"]
    decision, members = f"{ours}/approvals/{request}/decision", f"{ours}/members"
    for each in sorted(WITHHELD):
        refused = omar.call("POST", decision, {"outcome": "approve", "functions": [each]})
        assert slug(refused) == (409, "contracted-only")
    assert omar.call("POST", decision, {"outcome": "approve"}).status_code == 200
    world.settle()
    found = next(one for one in omar.call("GET", members).json()["members"] if one["account_id"] == account)
    for each in sorted(WITHHELD):
        more = {"functions": [*found["functions"], each]}
        version = {"If-Match": f'"{found["version"]}"'}
        answer = omar.call("PUT", f"{members}/{found['membership_id']}", more, **version)
        assert slug(answer) == (409, "contracted-only")
        assert answer.json()["functions"] == [each]
    told = answers(world, account, HILLTOP)
    assert {told[each]["context"]["reason_code"] for each in WITHHELD} == {"contracted_only"}
    assert not WITHHELD & set(functions_of(world, user_id))


def test_f7_leaving_one_organization_leaves_the_account_and_the_others(world: OneProcess) -> None:
    """F7: removed from one practice, the same sign-in goes on, with what the other one gave."""
    tess = person(world, "tess.alvarez")
    alice = Manager(world, MANAGERS[0])
    alice.visitor.open("/manage/people")
    alice.visitor.follow("Tess Alvarez")
    alice.visitor.follow("Remove")
    alice.visitor.choose("No longer works here")
    alice.visitor.press("Remove access now")
    world.settle()
    account = next(str(event.data["account_id"]) for event in world.events() if event.type == "membership.removed")
    assert {each["decision"] for each in answers(world, account, MANAGED).values()} == {False}
    kept = {each for each, told in answers(world, account, LAKESIDE).items() if told["decision"]}
    assert "claims.submit" in kept
    assert set(functions_of(world, "tess.alvarez", tess["password"])) >= kept


def test_f8_a_company_never_becomes_a_provider_of_care(world: OneProcess) -> None:
    """F8: somebody applies at its TIN as if it were a practice; its own manager cannot give what those have who give
    care, and cannot see or decide what staff of a practice ask for.
    """
    applicant(world, "Ida Ledger", LEDGER)
    applicant(world, "Jon Northfield", MANAGED)
    alice = Manager(world, MANAGERS[0])
    theirs = alice.open("Jon Northfield")
    hugo = Manager(world, "hugo.brandt")
    own = hugo.open("Ida Ledger")
    ours = organization(world, LEDGER)["id"]
    body = {"outcome": "approve", "functions": ["claims.status.view", "precert.submit"]}
    refused = hugo.call("POST", f"{ours}/approvals/{own}/decision", body)
    assert slug(refused) == (409, "kind-withheld")
    assert refused.json()["functions"] == ["precert.submit"]
    for organization_id in (ours, organization(world, MANAGED)["id"]):
        path = f"{organization_id}/approvals/{theirs}"
        assert hugo.call("GET", path).status_code == 404
        assert hugo.call("POST", f"{path}/decision", {"outcome": "approve"}).status_code == 404
    assert not [
        event for event in world.events() if event.data.get("approval_id") == theirs and "decided" in event.type
    ]
