"""The demo's people: who is in `demo.json`, and that the staff among them reach their pages."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyotp
import pytest

from deploy.practices import PEOPLE
from identity.oidc.demo import APIS
from shared.web import api
from tests.journeys.story import THURSDAY, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, code_now, one_process, person

ROLES = {"access_manager", "member", "desk", "operator", "pending"}  # what the contract lets programs expect


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    """The suite with its demo people."""
    with one_process(tmp_path, THURSDAY) as made:
        yield made


def enter(world: OneProcess, address: str, login: dict[str, str], code: str) -> PageVisitor:
    """Sign in with two factors."""
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, address, login["user_id"], login["password"])
    visitor.fill("6-digit code", code)
    visitor.press("Continue")
    return visitor


def test_people_have_the_roles_that_programs_know(world: OneProcess) -> None:
    """An auditor is none of them, and has a list of their own."""
    assert {entry["role"] for entry in world.facts["people"]} == ROLES
    assert [entry["role"] for entry in world.facts["auditors"]] == ["auditor"]
    assert len(world.facts["people"]) + len(world.facts["auditors"]) == len(PEOPLE)


def test_the_service_client_may_call_every_api(world: OneProcess) -> None:
    """Its scopes are all that any operation of any service asks for."""
    documents = [httpx.get(f"{world.base_url}/api/{name}/openapi.json").json() for name in APIS]
    asked = {word for each in documents for *_operation, scopes in api.operations(each) for word in scopes.split()}
    assert asked and asked <= set(world.facts["service_client"]["scope"].split())


def test_an_auditor_reads_the_audit_and_nothing_of_accounts(world: OneProcess) -> None:
    """O1: the overview leads there, and there is no way to an account."""
    [auditor] = world.facts["auditors"]
    visitor = enter(world, "/account", auditor, pyotp.TOTP(auditor["totp_secret"]).at(world.now()))
    visitor.follow("Go to the operators’ pages")
    assert visitor.address.endswith("/admin/audit")
    assert "Find an account" not in visitor.text


def test_the_desk_reaches_the_page_that_helps_somebody_sign_in(world: OneProcess) -> None:
    """A caller who cannot sign in is one link away from the vetting queue."""
    visitor = enter(world, "/desk", person(world, "rosa.ramirez"), code_now(world, "rosa.ramirez"))
    visitor.follow("Help somebody sign in")
    assert "Find an account" in visitor.text


def test_the_console_of_a_practice_is_not_all_empty(world: OneProcess) -> None:
    """Somebody is invited, a deputy stands in and is asked to manage too; a company reviews its people."""
    nora = enter(world, "/manage/invitations", person(world, "nora.lindqvist"), code_now(world, "nora.lindqvist"))
    assert "Jonas Weber" in nora.text
    nora.open("/manage/managers")
    assert "Tess Alvarez accepts" in nora.text
    nora.open("/manage/deputies")
    assert "Tess Alvarez" in nora.text and "Decide about requests" in nora.text
    nora.open("/manage/partners")
    assert "Ledger Line Billing" in nora.text
    hugo = enter(world, "/manage/reviews", person(world, "hugo.brandt"), code_now(world, "hugo.brandt"))
    assert [link for link in hugo.links() if "/manage/reviews/rev_" in link]


def test_somebody_whom_a_release_added_gets_a_sign_in(tmp_path: Path) -> None:
    """Data of an older release keep their passwords; who was not there yet is made up and kept."""
    kept = {"password": "amber-brisk-cedar-123", "totp_secret": None}
    (tmp_path / "people.json").write_text(json.dumps({"priya.nair": kept}))
    with one_process(tmp_path, THURSDAY) as world:
        assert person(world, "priya.nair")["password"] == kept["password"]
    logins = json.loads((tmp_path / "people.json").read_text())
    assert set(logins) == {person.user_id for person in PEOPLE}
