"""What a token says a person may do: functions of the catalogue, each with a sentence, and none once all are taken."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.story import MANAGED, THURSDAY, organization
from tests.service.identity_oidc.suite import claims_of
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty, service_token
from tests.support.world import OneProcess, one_process, person

MEMBER = "priya.nair"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    """The suite with its demo people."""
    with one_process(tmp_path, THURSDAY) as made:
        yield made


def call(world: OneProcess, method: str, path: str, body: object = None) -> Any:
    """Call access-manager's API as the suite's own program; return its answer."""
    headers = {"Authorization": f"Bearer {service_token(world, 'access')}", "If-Match": "*"}
    answer = httpx.request(method, f"{world.base_url}/api/access/v1/{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


def give(world: OneProcess, *functions: str) -> None:
    """Let the member have these functions and no others."""
    members = f"organizations/{organization(world, MANAGED)['id']}/members"
    found = call(world, "GET", members)["members"]
    own = next(each["membership_id"] for each in found if each["email"] == person(world, MEMBER)["email"])
    call(world, "PUT", f"{members}/{own}", {"functions": list(functions)})
    world.settle()


def test_g3_a_token_carries_the_catalogue_and_nothing_else(world: OneProcess) -> None:
    """G3: all on is the whole catalogue, each with a plain sentence; all off, and the next token carries none."""
    catalogue = {each["id"]: each for each in call(world, "GET", "functions")["functions"]}
    assert all(each["sentence"].endswith(".") and each["task"] for each in catalogue.values())
    give(world, *catalogue)
    app = RelyingParty(world, PageVisitor(world.base_url), "trial")
    login = (MEMBER, person(world, MEMBER)["password"])
    carried = claims_of(app.sign_in(*login)["access_token"])["functions"]
    assert set(carried) == set(catalogue) and len(carried) == len(catalogue)
    give(world)
    assert app.introspect()["functions"] == []
    assert claims_of(app.sign_in(*login)["access_token"])["functions"] == []
