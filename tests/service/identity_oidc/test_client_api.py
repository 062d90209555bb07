"""Clients over the JSON API: scope clients.manage, programs only; the same rules as on the pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.identity.offices import OPERATOR, app_of
from tests.service.identity.world import World
from tests.service.identity_oidc.desk import SECRET, client_of, desk, own_token

CLIENTS, TOKENS = "/api/identity/v1/clients", "/api/identity/v1/registration-tokens"
ROBOT: dict[str, Any] = {
    "id": "claims-robot",
    "name": "Claims robot",
    "profile": "service",
    "scopes": ["access.evaluate"],
    "audiences": ["http://localhost:8000/api/access"],
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity with the suite's own clients."""
    with desk(tmp_path) as made:
        yield made


@pytest.fixture
def program(world: World) -> Iterator[httpx.Client]:
    """An operator's program."""
    with world.api("clients.manage") as made:
        yield made


CALLS = [
    ("GET", CLIENTS, None),
    ("POST", CLIENTS, ROBOT),
    ("GET", f"{CLIENTS}/portal", None),
    ("PATCH", f"{CLIENTS}/portal", {"name": "X"}),
    ("POST", f"{CLIENTS}/portal/secret", {}),
    ("DELETE", f"{CLIENTS}/portal/former-secret", None),
    ("PUT", f"{CLIENTS}/portal/enabled", {"enabled": False, "reason": "x"}),
    ("GET", f"{CLIENTS}/portal/failures", None),
    ("GET", TOKENS, None),
    ("POST", TOKENS, {"label": "x", "profile": "native", "purpose": "x"}),
    ("DELETE", f"{TOKENS}/iat_x", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_nobody_calls_without_the_scope(world: World, method: str, path: str, body: object) -> None:
    """401 without a token, 403 with another scope, 403 with a token of a person (threat 35); nothing changes."""
    (operator,) = world.seed(OPERATOR)
    with httpx.Client(transport=httpx.WSGITransport(app=world.app), base_url=world.origin) as nobody:
        assert nobody.request(method, path, json=body).status_code == 401
    with world.api("accounts.manage", "policies.manage") as other:
        assert other.request(method, path, json=body).status_code == 403
    with app_of(world, operator, "clients.manage") as person:
        assert person.request(method, path, json=body).status_code == 403
    portal = client_of(world, "portal")
    assert portal.enabled and portal.name == "Sample portal" and portal.previous_secret_hash is None


def test_a_client_is_registered_and_its_secret_told_once(world: World, program: httpx.Client) -> None:
    """201 with the secret; no other answer holds it, or any hash."""
    made = program.post(CLIENTS, json=ROBOT)
    assert made.status_code == 201
    secret = made.json()["client_secret"]
    assert own_token(world, "claims-robot", secret).status_code == 200
    for answer in (program.get(CLIENTS), program.get(f"{CLIENTS}/claims-robot")):
        assert secret not in answer.text and "hash" not in answer.text
    assert program.post(CLIENTS, json=ROBOT).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uris": ["javascript:alert(1)"], "profile": "first-party"},
        {"scopes": ['a"b']},
        {"id": "acc_me"},
        {"name": "123456789"},
        {"profile": "none"},
        {"access_token_seconds": 601},
        {"access_token_seconds": True},
        {"require_pkce": "no"},
        {"unknown": 1},
        {"enabled": False},
        {"secret_hash": "x"},
        {"jwks": {"keys": [{"kty": "EC", "d": "x"}]}, "auth_methods": ["private_key_jwt"]},
    ],
)
def test_what_may_not_be_is_refused(world: World, program: httpx.Client, changes: dict[str, Any]) -> None:
    """Threats 3 and 34: 422 with sentences; unknown names too, and nothing is registered."""
    answer = program.post(CLIENTS, json=ROBOT | changes)
    assert answer.status_code == 422 and answer.json()["errors"]
    assert [one["id"] for one in program.get(CLIENTS).json()["clients"]].count("claims-robot") == 0


def test_a_change_changes_only_what_it_names(world: World, program: httpx.Client) -> None:
    """PATCH: one field, audited with before and after; the rest and the secret stay."""
    before = client_of(world, "access-manager")
    answer = program.patch(f"{CLIENTS}/access-manager", json={"name": "Access desk"})
    assert (answer.status_code, answer.json()["client_secret"]) == (200, None)
    after = client_of(world, "access-manager")
    assert (after.name, after.scopes, after.secret_hash) == ("Access desk", before.scopes, before.secret_hash)
    assert own_token(world, "access-manager", SECRET).status_code == 200
    assert ("client.changed", "access-manager") in world.audited()


def test_a_weaker_client_owes_its_reason(program: httpx.Client) -> None:
    """Level 1 and PKCE off want a justification, as on the page (domain §5)."""
    weak = {"require_pkce": False}
    assert program.patch(f"{CLIENTS}/availability", json=weak).status_code == 422
    told = weak | {"justification": "An old library of a vendor cannot do PKCE until March."}
    assert program.patch(f"{CLIENTS}/availability", json=told).status_code == 200


def test_a_client_that_needs_a_secret_now_gets_one(program: httpx.Client) -> None:
    """Another proof, another secret; giving it up ends it."""
    program.post(CLIENTS, json=ROBOT)
    keys = {"jwks_uri": "https://robot.example/keys", "auth_methods": ["private_key_jwt"]}
    assert program.patch(f"{CLIENTS}/claims-robot", json=keys).json()["secrets"] == 0
    back = {"jwks_uri": None, "auth_methods": ["client_secret_basic"]}
    answer = program.patch(f"{CLIENTS}/claims-robot", json=back)
    assert answer.json()["secrets"] == 1 and len(answer.json()["client_secret"]) == 43


def test_secrets_rotate_with_overlap(world: World, program: httpx.Client) -> None:
    """P2: two work for as long as was asked, then one; the former may be ended early."""
    answer = program.post(f"{CLIENTS}/access-manager/secret", json={"keep_old_hours": 1})
    fresh = answer.json()["client_secret"]
    assert answer.json()["secrets"] == 2 and answer.json()["former_secret_until"]
    assert [own_token(world, "access-manager", one).status_code for one in (SECRET, fresh)] == [200, 200]
    assert program.delete(f"{CLIENTS}/access-manager/former-secret").status_code == 204
    assert [own_token(world, "access-manager", one).status_code for one in (SECRET, fresh)] == [401, 200]
    assert program.post(f"{CLIENTS}/access-manager/secret", json={"keep_old_hours": 721}).status_code == 422


def test_switching_off_is_at_once(world: World, program: httpx.Client) -> None:
    """Within a second at every process: here at once (G4)."""
    off = {"enabled": False, "reason": "broken into"}
    assert program.put(f"{CLIENTS}/access-manager/enabled", json=off).json()["enabled"] is False
    assert own_token(world, "access-manager", SECRET).status_code == 401
    assert (
        program.put(f"{CLIENTS}/access-manager/enabled", json={"enabled": True, "reason": "mended"}).status_code == 200
    )
    assert own_token(world, "access-manager", SECRET).status_code == 200
    assert program.put(f"{CLIENTS}/access-manager/enabled", json={"enabled": False}).status_code == 422


def test_failures_are_told_with_their_meaning(world: World, program: httpx.Client) -> None:
    """The self-check for programs: code, why, what to do, what was received."""
    own_token(world, "portal", "wrong")
    (found,) = program.get(f"{CLIENTS}/portal/failures").json()["failures"]
    assert (found["code"], found["error"], found["times"]) == ("GH-OIDC-043", "invalid_client", 1)
    assert found["mend"] and found["examples"][0]["received"]["grant_type"] == "client_credentials"


def test_initial_tokens_are_issued_and_withdrawn(world: World, program: httpx.Client) -> None:
    """E18: told once, listed without it, good until withdrawn."""
    wished = {"label": "Sync Inc.", "profile": "third-party", "purpose": "To copy claims."}
    made = program.post(TOKENS, json=wished)
    assert made.status_code == 201
    listed = program.get(TOKENS)
    assert [one["label"] for one in listed.json()["tokens"]] == ["Sync Inc."]
    assert made.json()["initial_access_token"] not in listed.text
    assert program.delete(f"{TOKENS}/{made.json()['id']}").status_code == 204
    assert program.delete(f"{TOKENS}/{made.json()['id']}").status_code == 404
    for wrong in ({"scopes": ["accounts.manage"]}, {"profile": "first-party"}, {"uses": 0}, {"label": " "}, {"x": 1}):
        assert program.post(TOKENS, json=wished | wrong).status_code == 422, wrong


@pytest.mark.parametrize("path", ["", "/failures"])
def test_a_client_that_is_not_there_is_not_found(program: httpx.Client, path: str) -> None:
    """404 for what nobody registered."""
    assert program.get(f"{CLIENTS}/nobody{path}").status_code == 404
