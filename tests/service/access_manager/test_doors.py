"""Every door: declared, closed to strangers, silent about what belongs to others. The API walks its own description."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from access_manager.app import SERVICE
from access_manager.demo import DemoPractice
from access_manager.functions.catalogue import FUNCTIONS
from access_manager.organizations.service import OrganizationFacts
from shared.cli import program
from tests.service.access_manager.world import CLINIC, MEG, OTHER, SAM, World, asks, clinic, manager, member
from tests.support.descriptions import calls

API = f"/api/access/v1/organizations/{CLINIC}"
MAX, DEE, BO, BILL, COMPANY = "acc_max", "acc_dee", "acc_bo", "acc_bill", "org_company"
# What no description can say: which words mean something here.
BODIES: dict[str, Any] = {"functions": ["eligibility.view"], "email": "new.person@lakeside.example"}


@pytest.fixture
def two(world: World) -> World:
    """Two organizations, each with a manager; the clinic has one of everything that its API shows."""
    people = (manager(), manager(MAX, "Max"), member(), member(DEE, "Dee Deputy"))
    world.seed(clinic(*people), clinic(manager(BO, "Bo Boss"), id=OTHER))
    world.seed(
        DemoPractice(OrganizationFacts(COMPANY, "Bright", "billing_company", False, None), (manager(BILL, "Bill", ()),))
    )
    world.tell("user.registered", "registration", "app_1", **asks())
    return world


def post(world: World, path: str, who: str | None, **body: object) -> dict[str, Any]:
    """Do something at the clinic, as one of its people or as a program."""
    answer = world.api(subject=who).post(path, json=body)
    assert answer.is_success, (path, answer.text)
    return dict(answer.json())


def furnished(world: World) -> dict[str, str]:
    """Make one of everything at the clinic; return the ids by the names of the path's parameters."""
    members = world.api().get(f"{API}/members").json()["members"]
    ids = {each["account_id"]: each["membership_id"] for each in members}
    later = (world.clock.now() + timedelta(days=30)).isoformat().replace("+00:00", "Z")
    [approval] = world.api().get(f"{API}/approvals").json()["approvals"]
    listed = {"functions": ["remittance.view"], "minutes": 60}
    assert world.api(subject=MEG).put(f"{API}/emergency-list", json=listed, headers={"If-Match": "*"}).is_success
    claims = {"functions": ["claims.submit"]}
    more = {"organization_id": CLINIC, "functions": ["remittance.view"]}
    urgent = {**more, "reason": "The others are all away"}
    code = post(world, f"/api/access/v1/organizations/{COMPANY}/connect-code", BILL)["connect_code"]
    eve = {"name": "Eve", "email": "eve@lakeside.example"}
    ann = {"display_name": "Ann", "email": "ann@lakeside.example"}
    deputy = {"membership_id": ids[DEE], "scopes": ["requests"], "ends_at": later}
    return {
        "organization_id": CLINIC,
        "membership_id": ids[SAM],
        "approval_id": approval["approval_id"],
        "request_id": post(world, "/api/access/v1/me/access-requests", SAM, **more)["request_id"],
        "batch_id": post(world, f"{API}/batches", MEG, kind="add", rows=[eve], **claims)["batch_id"],
        "deputy_id": post(world, f"{API}/deputies", MEG, **deputy)["deputy_id"],
        "emergency_id": post(world, "/api/access/v1/me/emergencies", SAM, **urgent)["emergency_id"],
        "invitation_id": post(world, f"{API}/invitations", MEG, **ann, **claims)["invitation_id"],
        "link_id": post(world, f"{API}/partners", MEG, side="provider", connect_code=code, **claims)["link_id"],
        "proposal_id": post(world, f"{API}/proposals", MEG, kind="unseat", membership_id=ids[MAX])["proposal_id"],
        "review_id": post(world, f"{API}/reviews", MEG, due_at=later)["review_id"],
    }


def every_call(world: World) -> list[tuple[str, str, Any]]:
    """Return (method, path, body) of each operation that names an organization, filled with the clinic's ids."""
    ids = furnished(world)
    document = world.api().get("/api/access/openapi.json").json()
    found = []
    for method, path, body in calls(document, "organization_id"):
        if isinstance(body, dict):
            body |= {name: value for name, value in BODIES.items() if name in body}
        found.append((method, path.format(**ids), body))
    return found


@pytest.mark.parametrize("who", [BO, SAM, BILL, "acc_pat", "acc_stranger"])
def test_every_operation_is_404_for_whoever_does_not_manage_the_organization(two: World, who: str) -> None:
    """G2: a manager of another practice, a plain member, a company that was asked, an applicant, a stranger: alike."""
    calls = every_call(two)
    before = len(two.published())
    assert len(calls) >= 60
    for method, path, body in calls:
        answer = two.api(subject=who).request(method, path, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 404, (method, path, answer.text)
        assert "Sam" not in answer.text and "Pat" not in answer.text
    assert len(two.published()) == before


def test_a_deputy_for_requests_reaches_nothing_else(two: World) -> None:
    """G9: whatever is not about requests is 403 for a deputy of that scope, or 404; and nothing is done."""
    calls = every_call(two)
    before = len(two.published())
    passed = []
    for method, path, body in calls:
        answer = two.api(subject=DEE).request(method, path, json=body, headers={"If-Match": "*"})
        if answer.status_code not in (403, 404):
            passed.append((method, path.removeprefix(API).split("/")[1], answer.status_code))
    assert {room for _, room, _ in passed} <= {"approvals", "access-requests", "history"}, passed
    assert all(
        event.type.startswith("approval.") or event.type.startswith("membership.") for event in two.published()[before:]
    )


def test_the_ids_of_one_organization_mean_nothing_under_another(two: World) -> None:
    """Bo, in the path of Bo's own practice, with the clinic's ids: 404 (threat 35)."""
    for method, path, body in every_call(two):
        nested = path.replace(CLINIC, OTHER)
        if nested.count("/") <= 6:
            continue
        answer = two.api(subject=BO).request(method, nested, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 404, (method, nested, answer.text)


def test_every_operation_needs_its_scope(two: World) -> None:
    """No token 401, a token for something else 403, before any body is read."""
    for method, path, _body in every_call(two):
        assert two.app.test_client().open(path, method=method, data=b"{").status_code == 401
        assert two.api("access.read", MEG).request(method, path, content=b"{").status_code == 403


def test_the_list_of_organizations_is_ones_own(two: World) -> None:
    """A person sees what they manage; a client with the scope sees all."""
    mine = two.api(subject=MEG).get("/api/access/v1/organizations").json()["organizations"]
    assert [each["id"] for each in mine] == [CLINIC]
    assert len(two.api().get("/api/access/v1/organizations").json()["organizations"]) == 3


def test_the_catalogue_is_read_with_its_own_scope(world: World) -> None:
    """Every function with its sentence and flags, and the profiles."""
    body = world.api("access.read").get("/api/access/v1/functions").json()
    assert [each["id"] for each in body["functions"]] == [function.id for function in FUNCTIONS]
    assert {each["id"] for each in body["profiles"]} == {"front_desk", "billing", "clinician", "full_access"}
    assert world.api("access.manage").get("/api/access/v1/functions").status_code == 403


def test_every_route_says_who_may_call_it(world: World) -> None:
    """A view without a declaration would answer 500 to everybody."""
    undeclared = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if not hasattr(world.app.view_functions[rule.endpoint], "gatehouse_access")
    ]
    assert undeclared == []


def test_the_command_line_shows_organizations_and_members(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """For operators and scripts, as JSON."""
    two.close()
    settings = two.context.settings
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("GATEHOUSE_BROKER_URL", "memory:")
    monkeypatch.setenv("GATEHOUSE_CACHE_URL", "memory:")
    monkeypatch.setenv("GATEHOUSE_SECRET_KEY", "k" * 40)
    cli = program(SERVICE)

    def run(*words: str) -> Any:
        done = CliRunner().invoke(cli, [*words, "--json"], obj=SERVICE)
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    assert {each["id"] for each in run("organizations", "list")} == {CLINIC, OTHER, COMPANY}
    assert set(run("organizations", "show", CLINIC)["managers"]) == {MAX, MEG}
    names = {each["name"] for each in run("members", "list", CLINIC)}
    assert names == {"Dee Deputy", "Max", "Meg Manager", "Sam Staff"}
    assert CliRunner().invoke(cli, ["members", "list", "org_nowhere"], obj=SERVICE).exit_code == 1
