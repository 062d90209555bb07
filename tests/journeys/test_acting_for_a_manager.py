"""A program, or somebody of the desk, acts for a manager at a JSON API of ours by an exchanged token (E14, RFC 8693).

What may be done is decided by the manager; who did it stands in the trail beside them.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from identity.oidc import demo
from identity.oidc.clients.policy import CODE, TOKEN_EXCHANGE, ClientSpec
from identity.oidc.clients.service import ensure_client
from shared.db.floor import audit_entries
from tests.journeys.story import MANAGED, MANAGERS, THURSDAY, organization, sign_in
from tests.service.identity_oidc.suite import claims_of
from tests.support.pages import PageVisitor
from tests.support.relying_party import NOBODY_THERE, RelyingParty
from tests.support.world import OneProcess, code_now, one_process, person

DESK, SECRET = "case-desk", "case-desk-secret-".ljust(48, "x")
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
SCOPES = ("openid", "population", "access.manage", "access.read")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    """The suite, with an app for managers and a program of the desk that may exchange."""
    with one_process(tmp_path, THURSDAY) as made:
        trial = demo.trial(made.base_url)
        desk = ClientSpec(
            id=DESK,
            name="Case desk",
            redirect_uris=(NOBODY_THERE,),
            scopes=SCOPES,
            grant_types=(CODE, TOKEN_EXCHANGE),
            audiences=trial.audiences,
        )
        with made.suite.contexts["identity"].transaction() as work:
            ensure_client(work, replace(trial, scopes=SCOPES), made.suite.secrets.clients["trial"])
            ensure_client(work, desk, SECRET)
        made.facts["clients"].append({"name": DESK, "client_id": DESK, "client_secret": SECRET})
        yield made


def token_of(world: OneProcess, user_id: str, app: str, door: str) -> str:
    """Let somebody sign in with two factors; return the access token that an app then holds for them."""
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, door, user_id, person(world, user_id)["password"])
    visitor.fill("6-digit code", code_now(world, user_id))
    visitor.press("Continue")
    return str(RelyingParty(world, visitor, app).sign_in("", "", scope=" ".join(SCOPES))["access_token"])


@pytest.fixture
def alice(world: OneProcess) -> str:
    """The token that the trial app holds for a manager."""
    return token_of(world, MANAGERS[0], "trial", "/manage")


def exchanged(world: OneProcess, subject: str, actor: str | None = None, scope: str = "access.manage") -> str:
    """The desk's program changes a token into one for itself."""
    form = {"grant_type": TOKEN_EXCHANGE, "subject_token": subject, "subject_token_type": ACCESS, "scope": scope}
    form |= {"actor_token": actor, "actor_token_type": ACCESS} if actor else {}
    answer = httpx.post(f"{world.base_url}/oauth/token", data=form, auth=(DESK, SECRET))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def call(world: OneProcess, token: str, path: str, method: str = "GET", **more: Any) -> httpx.Response:
    """Call access-manager's API."""
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return httpx.request(method, f"{world.base_url}/api/access/v1{path}", headers=headers, **more)


def a_member(world: OneProcess, token: str) -> tuple[str, dict[str, Any]]:
    """The path of a member who is no manager, and what is known of them."""
    members = f"/organizations/{organization(world, MANAGED)['id']}/members"
    found = call(world, token, members).json()["members"]
    chosen = next(one for one in found if one["role"] == "member" and one["functions"])
    return f"{members}/{chosen['membership_id']}", chosen


def take_away(world: OneProcess, token: str) -> httpx.Response:
    """Take one function from a member, as a manager may."""
    path, member = a_member(world, token)
    body = {"functions": member["functions"][1:]}
    return call(world, token, path, "PUT", json=body, headers={"If-Match": f'"{member["version"]}"'})


def last_entry(world: OneProcess) -> dict[str, Any]:
    """The newest entry of access-manager's trail."""
    newest = select(audit_entries).order_by(audit_entries.c.number.desc()).limit(1)
    with world.suite.contexts["access-manager"].reading() as session:
        return dict(session.execute(newest).mappings().one())


def test_a_program_does_what_its_person_may_and_both_are_named(world: OneProcess, alice: str) -> None:
    """E14: the change is made; the trail says the program did it, on behalf of the manager."""
    answer = take_away(world, exchanged(world, alice))
    assert answer.status_code == 200, answer.text
    entry = last_entry(world)
    assert (entry["actor"], entry["actor_kind"]) == (DESK, "client")
    assert entry["on_behalf_of"] == claims_of(alice)["sub"]
    assert entry["organization"] == organization(world, MANAGED)["id"]


def test_somebody_of_the_desk_is_named_beside_the_manager(world: OneProcess, alice: str) -> None:
    """E14: `act.sub` is a person; the trail names that person, and on whose behalf."""
    login = next(one for one in world.facts["people"] if one["role"] == "desk")
    actor = token_of(world, login["user_id"], DESK, "/desk")
    answer = take_away(world, exchanged(world, alice, actor))
    assert answer.status_code == 200, answer.text
    entry = last_entry(world)
    assert (entry["actor"], entry["actor_kind"]) == (claims_of(actor)["sub"], "person")
    assert entry["on_behalf_of"] == claims_of(alice)["sub"]


def test_without_an_exchange_only_the_manager_is_named(world: OneProcess, alice: str) -> None:
    """The same call with the manager's own token: nobody acts for anybody."""
    assert take_away(world, alice).status_code == 200
    entry = last_entry(world)
    assert (entry["actor"], entry["actor_kind"], entry["on_behalf_of"]) == (claims_of(alice)["sub"], "person", None)


def test_attack_35_the_program_sees_what_its_person_manages_and_no_more(world: OneProcess, alice: str) -> None:
    """With a token of its own it would see every organization; acting for a manager, that manager's alone."""
    token = exchanged(world, alice)
    mine = call(world, alice, "/organizations").json()
    assert call(world, token, "/organizations").json() == mine
    others = {one["id"] for one in world.facts["organizations"]} - {one["id"] for one in mine["organizations"]}
    assert others
    for other in others:
        assert call(world, token, f"/organizations/{other}/members").status_code == 404


def test_the_scope_of_the_exchange_is_all_there_is(world: OneProcess, alice: str) -> None:
    """Narrowed to reading, it changes nothing, whatever the manager may."""
    path, member = a_member(world, alice)
    token = exchanged(world, alice, scope="access.read")
    answer = call(world, token, path, "PUT", json={"functions": []}, headers={"If-Match": f'"{member["version"]}"'})
    assert (answer.status_code, answer.json()["scope"]) == (403, "access.manage")
    assert call(world, alice, path).json()["functions"] == member["functions"]


def test_it_is_for_the_api_that_it_names_alone(world: OneProcess, alice: str) -> None:
    """Threat 17: another service refuses it, with the challenge of RFC 6750."""
    token = exchanged(world, alice)
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{world.base_url}/api/registration/v1/cases", headers=headers)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
