"""Every door: declared, closed to strangers, silent about what belongs to others. The API walks its own description."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from access_manager.app import SERVICE
from access_manager.functions.catalogue import FUNCTIONS
from shared.cli import program
from tests.service.access_manager.world import CLINIC, MEG, OTHER, SAM, World, asks, clinic, manager, member


@pytest.fixture
def two(world: World) -> World:
    """Two organizations, each with a manager; the clinic with a member and an open request."""
    world.seed(clinic(manager(), member()), clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    world.tell("user.registered", "registration", "app_1", **asks())
    return world


def every_call(world: World) -> list[tuple[str, str, Any]]:
    """Return (method, path, body) of each operation that names an organization, filled with the clinic's ids."""
    client = world.api()
    document = client.get("/api/access/openapi.json").json()
    [approval] = client.get(f"/api/access/v1/organizations/{CLINIC}/approvals").json()["approvals"]
    members = client.get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"]
    ids = {
        "organization_id": CLINIC,
        "approval_id": approval["approval_id"],
        "membership_id": next(each["membership_id"] for each in members if each["account_id"] == SAM),
    }
    bodies = {"decision": {"outcome": "approve"}, "removal": {"reason": "left"}}
    calls = []
    for path, operations in document["paths"].items():
        for method in operations.keys() & {"get", "put", "post", "delete", "patch"}:
            if "{organization_id}" in path:
                body = bodies.get(path.rsplit("/", 1)[-1], {"functions": []} if method == "put" else None)
                calls.append((method.upper(), path.format(**ids), body))
    return calls


@pytest.mark.parametrize("who", ["acc_bo", SAM, "acc_stranger"])
def test_every_operation_is_404_for_whoever_does_not_manage_the_organization(two: World, who: str) -> None:
    """A manager of another practice, a plain member, a stranger: alike, with no word of anybody, and nothing done."""
    calls = every_call(two)
    before = len(two.published())
    assert len(calls) >= 9
    for method, path, body in calls:
        answer = two.api(subject=who).request(method, path, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 404, (method, path, answer.text)
        assert "Sam" not in answer.text and "Pat" not in answer.text
    assert len(two.published()) == before


def test_the_ids_of_one_organization_mean_nothing_under_another(two: World) -> None:
    """Bo, in the path of Bo's own practice, with the clinic's ids: 404 (threat 35)."""
    for method, path, body in every_call(two):
        nested = path.replace(CLINIC, OTHER)
        if nested.count("/") <= 6:
            continue
        answer = two.api(subject="acc_bo").request(method, nested, json=body, headers={"If-Match": "*"})
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
    assert len(two.api().get("/api/access/v1/organizations").json()["organizations"]) == 2


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

    assert {each["id"] for each in run("organizations", "list")} == {CLINIC, OTHER}
    assert run("organizations", "show", CLINIC)["managers"] == [MEG]
    assert [each["name"] for each in run("members", "list", CLINIC)] == ["Meg Manager", "Sam Staff"]
    assert CliRunner().invoke(cli, ["members", "list", "org_nowhere"], obj=SERVICE).exit_code == 1
