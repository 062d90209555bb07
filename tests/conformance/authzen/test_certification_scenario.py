"""The certification scenario of AuthZEN 1.0 (docname authorization-api-1_0-scenario), named after its sections.

Its fixture is a trial tenant, read from the file that operators use too. L3.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from access_manager.decisions.tenant import TrialTenant
from tests.service.access_manager.world import CLINIC, ORIGIN, World, clinic, member

FIXTURE = Path(__file__).parents[3] / "deploy" / "certification" / "authzen-1.0.json"
ALICE, BOB = {"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}
ADMIN = {**BOB, "properties": {"role": "admin"}}
RECORD_1, RECORD_2 = {"type": "record", "id": "record-1"}, {"type": "record", "id": "record-2"}
ARCHIVED = {**RECORD_2, "properties": {"status": "archived"}}
ACTIVE = {**RECORD_1, "properties": {"status": "active"}}
READ, WRITE = {"name": "read"}, {"name": "write"}
WHOLE = {"subject": ALICE, "action": READ, "resource": RECORD_1}
Send = Callable[..., httpx.Response]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The service with the scenario's tenant beside a clinic."""
    made = World(tmp_path)
    made.context.add_part(TrialTenant.model_validate_json(FIXTURE.read_bytes()))
    made.seed(clinic(member()))
    yield made
    made.close()


@pytest.fixture
def send(world: World) -> Send:
    """The harness: it sends a body to an endpoint that the metadata names."""
    harness = world.api("access.evaluate")
    metadata = harness.get("/.well-known/authzen-configuration").json()

    def sent(endpoint: str, body: object, **headers: str) -> httpx.Response:
        return harness.post(metadata[f"{endpoint}_endpoint"], json=body, headers=headers)

    return sent


def decided(send: Send, **changed: object) -> bool:
    """One decision of the access evaluation API."""
    answer = send("access_evaluation", {**WHOLE, **changed})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    return bool(answer.json()["decision"] is True)


def batch(send: Send, **body: object) -> list[bool]:
    """The decisions of one call of the access evaluations API."""
    answer = send("access_evaluations", body)
    assert answer.status_code == 200, answer.text
    assert "decision" not in answer.json()
    return [one["decision"] for one in answer.json()["evaluations"]]


def found(send: Send, kind: str, **body: object) -> list[dict[str, str]]:
    """The results of one search."""
    answer = send(f"search_{kind}", body)
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json()["page"]["next_token"], str)
    return list(answer.json()["results"])


@pytest.mark.parametrize(
    ("subject", "action", "resource", "decision"),
    [
        pytest.param(ALICE, READ, RECORD_1, True, id="rule 1"),
        pytest.param(ALICE, WRITE, RECORD_1, True, id="rule 2"),
        pytest.param(BOB, READ, RECORD_1, True, id="rule 3"),
        pytest.param(BOB, WRITE, RECORD_1, False, id="rule 4"),
        pytest.param(ALICE, WRITE, ARCHIVED, False, id="rule 5"),
        pytest.param(ADMIN, WRITE, ARCHIVED, True, id="rule 6"),
        pytest.param(ALICE, {"name": "delete", "properties": {"soft": True}}, RECORD_1, True, id="rule 7"),
        pytest.param(ALICE, {"name": "delete", "properties": {"soft": False}}, RECORD_1, False, id="rule 8"),
    ],
)
def test_basic_the_eight_decisions(
    send: Send, subject: object, action: object, resource: object, decision: bool
) -> None:
    """§1.4 and §2.2: four by identifiers alone, four by properties; the same however often asked (§2.6)."""
    asked = {"subject": subject, "action": action, "resource": resource}
    assert [decided(send, **asked) for _ in range(3)] == [decision] * 3


def test_basic_context_properties_and_unknown_fields(send: Send) -> None:
    """§2.2.3, §2.2.8, §2.2.9: none of them changes the decision."""
    assert decided(send, context={"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"})
    assert decided(
        send,
        subject={**ALICE, "properties": {"department": "Sales", "role": "manager"}},
        action={**READ, "properties": {"method": "GET"}},
        resource={**RECORD_1, "properties": {"status": "active", "owner": "bob"}},
    )
    assert decided(send, foo="bar", futureField={"nested": True})


@pytest.mark.parametrize(
    "body",
    [
        *({name: part for name, part in WHOLE.items() if name != gone} for gone in WHOLE),
        {**WHOLE, "subject": {"id": "alice"}},
        {**WHOLE, "subject": {"type": "user"}},
        {**WHOLE, "action": {}},
        {**WHOLE, "resource": {"id": "record-1"}},
        {**WHOLE, "resource": {"type": "record"}},
        {**WHOLE, "subject": "alice"},
        {**WHOLE, "action": {"name": 123}},
    ],
)
def test_basic_what_is_missing_or_of_another_type_is_400(send: Send, body: object) -> None:
    """§2.4.1, §2.4.2, §2.4.6."""
    assert send("access_evaluation", body).status_code == 400


@pytest.mark.parametrize(
    ("content", "kind"),
    [(json.dumps(WHOLE), "text/plain"), ("{", "application/json"), ("", "application/json")],
)
def test_basic_an_unreadable_body_is_400(world: World, content: str, kind: str) -> None:
    """§2.4.3, §2.4.4, §2.4.5."""
    harness = world.api("access.evaluate")
    answer = harness.post("/access/v1/evaluation", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400


def test_basic_the_request_id_comes_back(send: Send) -> None:
    """§2.5: the same value where one was sent; none is needed."""
    given = "6f1b2c3d-0000-4a5b-8c7d-1234567890ab"
    assert send("access_evaluation", WHOLE, **{"X-Request-ID": given}).headers["X-Request-ID"] == given
    assert send("access_evaluation", WHOLE).status_code == 200


def test_batch_core(send: Send) -> None:
    """§3.2.1, §3.2.2, §3.2.5, §3.2.6, §3.3: as many answers as questions, in their order."""
    both = [{"resource": RECORD_1}, {"resource": RECORD_2}]
    assert len(batch(send, subject=ALICE, action=READ, evaluations=both)) == 2
    assert batch(send, subject=BOB, resource=RECORD_1, evaluations=[{"action": READ}, {"action": WRITE}]) == [
        True,
        False,
    ]
    whole = [WHOLE, {"subject": BOB, "action": WRITE, "resource": RECORD_1}]
    assert batch(send, evaluations=whole) == [True, False]
    later = [{"resource": RECORD_1}, {"resource": RECORD_2, "context": {"source": "batch-override"}}]
    assert len(batch(send, subject=ALICE, action=READ, context={"time": "noon"}, evaluations=later)) == 2


def test_batch_properties(send: Send) -> None:
    """§3.2.3, §3.2.4, §3.2.7: properties of each item; a part that names only its id takes the type of the default."""
    by_resource = [{"resource": ACTIVE}, {"resource": ARCHIVED}]
    assert batch(send, subject=ALICE, action=WRITE, evaluations=by_resource) == [True, False]
    by_subject = [{"subject": ALICE}, {"subject": ADMIN}]
    assert batch(send, action=WRITE, resource=ARCHIVED, evaluations=by_subject) == [False, True]
    merged = [{"resource": {"id": "record-1", "properties": {"status": "active"}}}, {"resource": ARCHIVED}]
    assert batch(send, subject=ALICE, action=WRITE, resource={"type": "record"}, evaluations=merged) == [True, False]


def test_batch_errors_and_the_single_question(send: Send) -> None:
    """§3.4: a faulty item is a denial of its own; without items the answer is that of a single evaluation."""
    assert batch(send, subject=ALICE, action=READ, evaluations=[{"resource": RECORD_1}, {}]) == [True, False]
    assert send("access_evaluations", WHOLE).json() == {"decision": True}
    assert send("access_evaluations", {**WHOLE, "evaluations": []}).json() == {"decision": True}


def test_search_core(send: Send) -> None:
    """§4.2, §4.3, §4.4: who, where and what; a context is taken."""
    who = {"subject": {"type": "user"}, "action": READ, "resource": RECORD_1}
    assert found(send, "subject", **who) == [ALICE, BOB]
    assert found(send, "subject", **who, context={"ip": "::1"}) == [ALICE, BOB]
    assert RECORD_1 in found(send, "resource", subject=ALICE, action=READ, resource={"type": "record"})
    assert found(send, "action", subject=ALICE, resource=RECORD_1) == [READ, WRITE]
    assert found(send, "action", subject=ALICE, resource=RECORD_1, context={}) == [READ, WRITE]


def test_search_properties(send: Send) -> None:
    """§4.2.4, §4.3.3, §4.4.3: the properties of the request and those of the fixture count."""
    assert found(send, "subject", subject={"type": "user"}, action=WRITE, resource=ARCHIVED) == [BOB]
    assert RECORD_2 in found(send, "resource", subject=ADMIN, action=WRITE, resource={"type": "record"})
    assert WRITE in found(send, "action", subject=ADMIN, resource=ARCHIVED)


def test_search_pages(send: Send) -> None:
    """§4.5: a limit, a token for what follows, and an empty one at the end."""
    who = {"subject": {"type": "user"}, "action": READ, "resource": RECORD_1}
    first = send("search_subject", {**who, "page": {"limit": 1}}).json()
    assert first["results"] == [ALICE] and first["page"]["next_token"]
    rest = send("search_subject", {**who, "page": {"token": first["page"]["next_token"]}}).json()
    assert rest["results"] == [BOB] and rest["page"]["next_token"] == ""


def test_search_finds_nobody_of_a_kind_it_does_not_know(send: Send) -> None:
    """§4.6: an unknown id and an unknown type are no errors."""
    assert found(send, "action", subject={"type": "user", "id": "nonexistent-user"}, resource=RECORD_1) == []
    assert found(send, "subject", subject={"type": "spaceship"}, action=READ, resource=RECORD_1) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("subject", {"subject": {"type": "user"}, "resource": RECORD_1}),
        ("resource", {"action": READ, "resource": {"type": "record"}}),
        ("action", {"subject": ALICE}),
        ("subject", {"subject": {"type": "user"}, "action": READ, "resource": {"type": "record"}}),
        ("resource", {"subject": {"type": "user"}, "action": READ, "resource": {"type": "record"}}),
    ],
)
def test_search_what_is_missing_is_400(send: Send, kind: str, body: object) -> None:
    """§4.7."""
    assert send(f"search_{kind}", body).status_code == 400


def test_discovery(world: World) -> None:
    """§6: the metadata names the decision point by its own address, and every endpoint under it."""
    answer = world.api("access.evaluate").get("/.well-known/authzen-configuration")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    metadata: dict[str, Any] = answer.json()
    assert metadata.pop("policy_decision_point") == ORIGIN
    assert len(metadata) == 5 and all(value.startswith(f"{ORIGIN}/access/v1/") for value in metadata.values())


def test_the_tenant_decides_nothing_about_accounts(world: World, send: Send) -> None:
    """A trial tenant stands beside the suite's own people: no rule of its file can permit anything to them."""
    world.availability.open("eligibility.view")
    body = {
        "subject": {"type": "account", "id": "alice"},
        "action": READ,
        "resource": {"type": "organization", "id": CLINIC},
    }
    assert send("access_evaluation", body).json()["context"]["reason_code"] == "no_membership"
    with pytest.raises(ValueError, match="account"):
        TrialTenant.model_validate({"subjects": [{"type": "account", "id": "alice"}]})
