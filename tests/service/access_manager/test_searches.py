"""AuthZEN's searches (L3): who may, where may they, and what may they; never otherwise than an evaluation says."""

import random
from typing import Any

import httpx
import pytest

from access_manager.functions.catalogue import FUNCTIONS
from shared.auth import ACR_PASSWORD, ACR_TWO_FACTORS
from tests.service.access_manager.world import CLINIC, MEG, ORIGIN, SAM, World, clinic, manager, member

OTHER = "org_other"
ALL = tuple(function.id for function in FUNCTIONS)
STRONG = ("clinical.view", "payment.manage", "precert.view")  # two of them take two factors
ACCOUNT, ORGANIZATION = {"type": "account"}, {"type": "organization"}


@pytest.fixture
def ready(world: World) -> World:
    """Two practices: Sam is in both with different functions, Meg manages one; everything is open."""
    world.seed(
        clinic(manager(functions=("claims.submit",)), member(functions=("claims.submit", "eligibility.view"))),
        clinic(
            manager("acc_olga", "Olga", STRONG), member(functions=("eligibility.view",)), id=OTHER, contracted=False
        ),
    )
    world.availability.open(*ALL)
    return world


def send(world: World, kind: str, body: object, scope: str = "access.evaluate") -> httpx.Response:
    """Ask a search as a program does."""
    return world.api(scope).post(f"/access/v1/search/{kind}", json=body)


def ids(answer: httpx.Response, name: str = "id") -> list[str]:
    """What was found, in order."""
    assert answer.status_code == 200, answer.text
    return [one[name] for one in answer.json()["results"]]


def subjects(world: World, function: str, organization: str = CLINIC, **more: object) -> httpx.Response:
    """Who may?"""
    resource = {**ORGANIZATION, "id": organization}
    return send(world, "subject", {"subject": ACCOUNT, "action": {"name": function}, "resource": resource, **more})


def resources(world: World, account: str, function: str, **more: object) -> httpx.Response:
    """Where may they?"""
    subject = {**ACCOUNT, "id": account}
    return send(world, "resource", {"subject": subject, "action": {"name": function}, "resource": ORGANIZATION, **more})


def actions(world: World, account: str, organization: str = CLINIC, **more: object) -> httpx.Response:
    """What may they?"""
    subject, resource = {**ACCOUNT, "id": account}, {**ORGANIZATION, "id": organization}
    return send(world, "action", {"subject": subject, "resource": resource, **more})


def test_who_may(ready: World) -> None:
    """Every member who holds the function, managers too; nobody of another organization."""
    assert ids(subjects(ready, "claims.submit")) == sorted([MEG, SAM])
    assert ids(subjects(ready, "eligibility.view")) == [SAM]
    assert ids(subjects(ready, "remittance.view")) == []
    assert ids(subjects(ready, "claims.submit", "org_nowhere")) == []
    assert subjects(ready, "eligibility.view").json()["results"] == [{"type": "account", "id": SAM}]


def test_where_may_they(ready: World) -> None:
    """Every organization in which the account holds the function."""
    assert ids(resources(ready, SAM, "eligibility.view")) == sorted([CLINIC, OTHER])
    assert ids(resources(ready, SAM, "claims.submit")) == [CLINIC]
    assert ids(resources(ready, "acc_nobody", "claims.submit")) == []


def test_what_may_they(ready: World) -> None:
    """Every function of the account in one organization, by name."""
    assert ids(actions(ready, SAM), "name") == ["claims.submit", "eligibility.view"]
    assert ids(actions(ready, SAM, OTHER), "name") == ["eligibility.view"]
    assert ids(actions(ready, "acc_nobody"), "name") == []


def test_what_is_closed_is_not_found(ready: World) -> None:
    """An evaluation would deny at this hour; availability is asked once for a whole search."""
    asked = ready.availability.asked
    ready.availability.close("eligibility.view", "maintenance", ready.clock.now())
    assert ids(actions(ready, SAM), "name") == ["claims.submit"]
    assert ids(subjects(ready, "eligibility.view")) == []
    assert ids(resources(ready, SAM, "eligibility.view")) == []
    assert ready.availability.asked <= asked + 3


def test_a_search_agrees_with_every_single_evaluation(ready: World) -> None:
    """L5: whatever an evaluation permits is found by all three searches, and nothing else is.

    However the person signed in; Meg is asked for terms that she has yet to accept, the others have accepted them.
    """
    ready.tell("terms.published", "identity", "terms", version=1, effective_at=ready.clock.now())
    for account in (SAM, "acc_olga"):
        told = {"account_id": account, "version": 1, "accepted_at": ready.clock.now()}
        ready.tell("terms.accepted", "identity", account, **told)
    _agree(ready, random.Random(7), 120)


@pytest.mark.soak
def test_searches_agree_with_ten_thousand_single_evaluations(ready: World) -> None:
    """L5, at length, with other questions each time."""
    _agree(ready, random.Random(), 10_000)


def _agree(ready: World, chance: random.Random, questions: int) -> None:
    accounts, organizations = (MEG, SAM, "acc_olga", "acc_nobody"), (CLINIC, OTHER, "org_nowhere")
    for _ in range(questions):
        account, organization, function = (chance.choice(each) for each in (accounts, organizations, ALL))
        acr = chance.choice((None, ACR_PASSWORD, ACR_TWO_FACTORS))
        permitted = ready.evaluate(account, function, organization, acr)["decision"]
        stated = {"context": {"acr": acr}}
        told = (
            account in ids(subjects(ready, function, organization, **stated)),
            organization in ids(resources(ready, account, function, **stated)),
            function in ids(actions(ready, account, organization, **stated), "name"),
        )
        assert told == (permitted,) * 3, (account, organization, function, acr)


def test_results_come_in_pages(world: World) -> None:
    """Each result once, in order, whatever the size of a page; the token of the last page is empty."""
    people = [member(f"acc_{number:03}", "Sam", ("claims.submit",)) for number in range(23)]
    world.seed(clinic(manager(functions=()), *people))
    world.availability.open(*ALL)
    found: list[str] = []
    page: dict[str, Any] = {"limit": 10}
    sizes = []
    while True:
        answer = subjects(world, "claims.submit", page=page).json()
        found += [one["id"] for one in answer["results"]]
        sizes.append(answer["page"]["count"])
        if not answer["page"]["next_token"]:
            break
        page = {"limit": 10, "token": answer["page"]["next_token"]}
    assert (found, sizes) == ([f"acc_{number:03}" for number in range(23)], [10, 10, 3])


def test_a_token_belongs_to_its_question(ready: World) -> None:
    """With another function it would leave people out: refused, as is a token that nobody gave."""
    token = subjects(ready, "claims.submit", page={"limit": 1}).json()["page"]["next_token"]
    assert ids(subjects(ready, "claims.submit", page={"limit": 1, "token": token})) == sorted([MEG, SAM])[1:]
    refused = subjects(ready, "eligibility.view", page={"token": token})
    assert (refused.status_code, "another search" in refused.text) == (400, True)
    assert subjects(ready, "claims.submit", page={"token": "%%%"}).status_code == 400
    assert subjects(ready, "claims.submit", page={"token": "éé"}).status_code == 400


def test_pages_of_the_other_two_searches(ready: World) -> None:
    """The same way of paging everywhere."""
    first = resources(ready, SAM, "eligibility.view", page={"limit": 1}).json()
    rest = resources(ready, SAM, "eligibility.view", page={"token": first["page"]["next_token"]}).json()
    assert [one["id"] for one in first["results"] + rest["results"]] == sorted([CLINIC, OTHER])
    first = actions(ready, SAM, page={"limit": 1}).json()
    rest = actions(ready, SAM, page={"token": first["page"]["next_token"]}).json()
    assert [one["name"] for one in first["results"] + rest["results"]] == ["claims.submit", "eligibility.view"]
    assert rest["page"]["next_token"] == ""


def test_an_unknown_type_has_no_results_and_unknown_members_are_ignored(ready: World) -> None:
    """AuthZEN §5: a search for what we do not have finds nothing; the id of what is searched for counts for nothing."""
    body: dict[str, Any] = {
        "subject": {"type": "account", "id": "acc_ignored"},
        "action": {"name": "claims.submit"},
        "resource": {"type": "organization", "id": CLINIC},
        "more": {"of": "this"},
    }
    assert ids(send(ready, "subject", body)) == sorted([MEG, SAM])
    assert ids(send(ready, "subject", {**body, "subject": {"type": "robot"}})) == []
    assert (
        ids(send(ready, "resource", {**body, "subject": {**ACCOUNT, "id": SAM}, "resource": {"type": "record"}})) == []
    )
    assert ids(send(ready, "action", {**body, "resource": {"type": "record", "id": "r1"}}), "name") == []


@pytest.mark.parametrize("kind", ["subject", "resource", "action"])
@pytest.mark.parametrize(
    "change",
    [
        {"subject": None},
        {"subject": "sam"},
        {"subject": {"id": SAM}},
        {"resource": []},
        {"resource": {"type": 7, "id": CLINIC}},
        {"context": "now"},
        {"page": 3},
        {"page": {"limit": 0}},
        {"page": {"limit": True}},
        {"page": {"limit": "10"}},
        {"page": {"token": 7}},
    ],
)
def test_what_is_malformed_is_named(ready: World, kind: str, change: dict[str, object]) -> None:
    """400 with the place, for each part and each search."""
    body = {"subject": {**ACCOUNT, "id": SAM}, "action": {"name": "x"}, "resource": {**ORGANIZATION, "id": CLINIC}}
    answer = send(ready, kind, {**body, **change})
    assert answer.status_code == 400
    assert next(iter(change)) in answer.json()["detail"]


def test_a_search_needs_its_parts(ready: World) -> None:
    """The action where it is not what is searched for, and the ids of the other two."""
    subject, resource = {**ACCOUNT, "id": SAM}, {**ORGANIZATION, "id": CLINIC}
    assert send(ready, "subject", {"subject": ACCOUNT, "resource": resource}).status_code == 400
    assert (
        send(ready, "subject", {"subject": ACCOUNT, "action": {"name": "x"}, "resource": ORGANIZATION}).status_code
        == 400
    )
    assert (
        send(ready, "resource", {"subject": ACCOUNT, "action": {"name": "x"}, "resource": ORGANIZATION}).status_code
        == 400
    )
    assert send(ready, "action", {"subject": subject, "resource": ORGANIZATION}).status_code == 400
    assert send(ready, "action", [subject, resource]).status_code == 400


def test_only_programs_that_may_evaluate_search(ready: World) -> None:
    """Threat 35: no token 401, another scope 403; other methods and other searches are not there."""
    for kind in ("subject", "resource", "action"):
        assert (
            httpx.Client(transport=ready.api()._transport, base_url=ORIGIN)
            .post(f"/access/v1/search/{kind}", json={})
            .status_code
            == 401
        )
        assert send(ready, kind, {}, scope="access.manage").status_code == 403
        assert ready.api("access.evaluate").get(f"/access/v1/search/{kind}").status_code == 405
    assert send(ready, "everything", {}).status_code == 404


def test_metadata_names_the_searches(ready: World) -> None:
    """AuthZEN §9: who knows the origin finds all five endpoints."""
    told = ready.api().get("/.well-known/authzen-configuration").json()
    for kind in ("subject", "resource", "action"):
        assert told[f"search_{kind}_endpoint"] == f"{ORIGIN}/access/v1/search/{kind}"
