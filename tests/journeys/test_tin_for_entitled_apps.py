"""The TIN on its way from registration to an app that may have it: both services, the real door, every trail read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from identity.oidc import demo
from identity.oidc.clients.service import ensure_client
from identity.oidc.scopes import TIN
from shared.db.floor import audit_entries
from tests.journeys.story import THURSDAY, organization
from tests.service.identity_oidc.suite import claims_of
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty
from tests.support.world import OneProcess, one_process, person

SCOPE = "openid profile organization tin"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    """The suite with its demo people; its trial client is registered for the TIN, too."""
    with one_process(tmp_path, THURSDAY) as made:
        spec = demo.trial(made.base_url)
        with made.suite.contexts["identity"].transaction() as work:
            ensure_client(work, replace(spec, scopes=(*spec.scopes, TIN)), made.suite.secrets.clients["trial"])
        yield made


def signed_in(world: OneProcess, scope: str = SCOPE) -> RelyingParty:
    """Priya at the trial app."""
    party = RelyingParty(world, PageVisitor(world.base_url), "trial")
    login = person(world, "priya.nair")
    party.sign_in(login["user_id"], login["password"], scope=scope)
    return party


def trail(world: OneProcess, service: str) -> list[dict[str, Any]]:
    """The audit entries of a service."""
    with world.suite.contexts[service].reading() as session:
        return [dict(row) for row in session.execute(select(audit_entries)).mappings()]


def test_an_entitled_app_learns_the_tin_and_nothing_else_does(
    world: OneProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """G6, N4: userinfo has it; tokens, introspection, logs, events and trails do not; registration says who read it."""
    party = signed_in(world)
    said, known = party.userinfo().json(), party.introspect()
    number = organization(world, said["org"]["name"])["tin"]
    assert said["tin"] == number
    (entry,) = [one for one in trail(world, "registration") if one["action"] == "organization.tin_read"]
    assert (entry["actor"], entry["actor_kind"], entry["target"]) == (world.base_url, "client", said["org"]["id"])
    assert entry["after"] == {"for_client": "trial", "for_account": said["sub"]}
    world.settle()
    logged = "".join(capsys.readouterr())
    assert "/organizations/<organization_id>/tin" in logged
    everywhere: list[object] = [
        logged,
        known,
        *(claims_of(party.tokens[name]) for name in ("access_token", "id_token")),
    ]
    everywhere += [[event.data for event in world.events()], *(trail(world, name) for name in world.suite.contexts)]
    assert number not in str(everywhere)


def test_without_the_scope_nothing_is_read(world: OneProcess) -> None:
    """The same app, the same person, no `tin` asked: no question to registration."""
    party = signed_in(world, "openid profile organization")
    assert "tin" not in party.userinfo().json()
    assert not [one for one in trail(world, "registration") if one["action"] == "organization.tin_read"]
