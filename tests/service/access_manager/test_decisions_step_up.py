"""Sensitive functions take a sign-in with two factors; whoever asks says how the person signed in (ASVS 8.2.4)."""

from datetime import timedelta
from typing import Any

import pytest

from shared.auth import ACR_PASSWORD, ACR_PHISHING_RESISTANT, ACR_TWO_FACTORS
from tests.service.access_manager.world import CLINIC, MONDAY, SAM, World, clinic, manager, member

SENSITIVE, PLAIN = "payment.manage", "eligibility.view"
CLOSING = MONDAY + timedelta(hours=3)
WHOLE: dict[str, Any] = {
    "subject": {"type": "account", "id": SAM},
    "action": {"name": SENSITIVE},
    "resource": {"type": "organization", "id": CLINIC},
}


@pytest.fixture
def ready(world: World) -> World:
    """A clinic with Sam, who holds a sensitive function and a plain one; both are open."""
    world.seed(clinic(manager(), member(functions=(SENSITIVE, PLAIN))))
    world.availability.open(SENSITIVE, PLAIN, "remittance.view", until=CLOSING)
    return world


def send(world: World, path: str, body: object) -> Any:
    """Ask as a portal does."""
    return world.api("access.evaluate").post(f"/access/v1/{path}", json=body)


def reason(world: World, **changed: object) -> str:
    """The code that a question is answered with."""
    answer = send(world, "evaluation", {**WHOLE, **changed})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["context"]["reason_code"])


def test_what_is_too_weak_unknown_or_not_said_is_not_proved(ready: World) -> None:
    """Fail closed: denied, with the sign-in that would mend it by its RFC 9470 name, and mended by the person alone."""
    denied = {
        "reason_code": "step_up_required",
        "reason": "This function needs a new sign-in with two factors. Sign in again with both.",
        "who_can_fix": "yourself",
        "valid_until": "2026-11-23T18:00:00Z",
        "next_open": None,
        "acr_values": ACR_TWO_FACTORS,
    }
    for acr in (None, ACR_PASSWORD, "urn:somebody:else:acr:9", "PHR", "phr "):
        assert ready.evaluate(SAM, SENSITIVE, acr=acr) == {"decision": False, "context": denied}


def test_a_sign_in_that_is_strong_enough_is_permitted(ready: World) -> None:
    """Two factors, or one that cannot be phished; nothing more is asked for."""
    for acr in (ACR_TWO_FACTORS, ACR_PHISHING_RESISTANT):
        context = ready.evaluate(SAM, SENSITIVE, acr=acr)["context"]
        assert (context["reason_code"], "acr_values" in context) == ("granted", False)


def test_other_functions_take_any_sign_in(ready: World) -> None:
    """Who never asks about sensitive functions need not say anything."""
    assert all(ready.evaluate(SAM, PLAIN, acr=acr)["decision"] for acr in (None, ACR_PASSWORD, "whatever"))


def test_the_sign_in_is_read_from_the_context_or_from_the_subject(ready: World) -> None:
    """Where both say something, the context of the question counts."""
    strong = {**WHOLE["subject"], "properties": {"acr": ACR_TWO_FACTORS}}
    assert reason(ready) == "step_up_required"
    assert reason(ready, subject=strong) == "granted"
    assert reason(ready, subject=strong, context={"other": 1}) == "granted"
    assert reason(ready, subject=strong, context={"acr": ACR_PASSWORD}) == "step_up_required"
    weak = {**WHOLE["subject"], "properties": {"acr": ACR_PASSWORD}}
    assert reason(ready, subject=weak, context={"acr": ACR_TWO_FACTORS}) == "granted"


def test_an_acr_of_another_type_is_named(ready: World) -> None:
    """400 with the field, wherever it stands; a batch answers it as an error of that item."""
    for acr in (7, True, [], {}, ["phr"], "", "a" * 257, "phr\x00"):
        strange = {**WHOLE["subject"], "properties": {"acr": acr}}
        changes = {"context.acr": {"context": {"acr": acr}}, "subject.properties.acr": {"subject": strange}}
        for field, changed in changes.items():
            for path in ("evaluation", "search/subject", "search/resource", "search/action"):
                answer = send(ready, path, {**WHOLE, **changed})
                assert answer.status_code == 400 and field in answer.json()["detail"]
            [item] = send(ready, "evaluations", {**WHOLE, "evaluations": [changed]}).json()["evaluations"]
            assert item["decision"] is False and field in item["context"]["error"]["message"]


def test_no_permit_outlasts_the_sign_in_that_is_stated(ready: World) -> None:
    """M14: `valid_until` is never behind the session's end; whoever asks at that instant needs a new sign-in."""
    until = (MONDAY + timedelta(hours=1)).isoformat()
    stated = {"acr": ACR_TWO_FACTORS, "session_ends_at": until}
    told = send(ready, "evaluation", {**WHOLE, "context": stated}).json()
    assert (told["decision"], told["context"]["valid_until"]) == (True, "2026-11-23T16:00:00Z")
    ready.clock.advance(timedelta(hours=1) - timedelta(seconds=1))
    assert reason(ready, context=stated) == "granted"
    ready.clock.advance(timedelta(seconds=1))
    assert reason(ready, context=stated) == "step_up_required"
    account = {"type": "account", "id": SAM}
    question = {"subject": account, "action": WHOLE["action"], "resource": {"type": "organization"}}
    assert send(ready, "search/resource", {**question, "context": stated}).json()["results"] == []


def test_an_end_of_the_sign_in_that_is_no_instant_is_named(ready: World) -> None:
    """400 with the field, and what to write instead: a time without its offset is a guess."""
    for end in (7, "tomorrow", "2026-11-23T17:00:00", "", [], True):
        answer = send(ready, "evaluation", {**WHOLE, "context": {"session_ends_at": end}})
        assert answer.status_code == 400 and "context.session_ends_at" in answer.json()["detail"]


def test_a_batch_states_it_once_or_for_each_item(ready: World) -> None:
    """AuthZEN §7.1: an item's own context replaces the default one whole, so what it leaves out is not said."""
    items: list[dict[str, Any]] = [{}, {"context": {"acr": ACR_PASSWORD}}, {"context": {}}, {"action": {"name": PLAIN}}]
    body = {**WHOLE, "context": {"acr": ACR_TWO_FACTORS}, "evaluations": items}
    answers = send(ready, "evaluations", body).json()["evaluations"]
    assert [one["decision"] for one in answers] == [True, False, False, True]


def test_nobody_proves_more_to_hear_of_something_else(ready: World) -> None:
    """What takes a manager, new terms or the clock is said first; a stronger sign-in is the last thing asked for."""
    assert reason(ready, action={"name": "clinical.view"}) == "function_not_granted"
    ready.availability.close(SENSITIVE, "maintenance", CLOSING)
    assert reason(ready) == "maintenance"
    ready.tell("terms.published", "identity", "terms", version=1, effective_at=MONDAY)
    assert reason(ready) == "terms_not_accepted"


def test_searches_find_what_the_stated_sign_in_allows(ready: World) -> None:
    """The same context, the same answer as an evaluation; a token belongs to the sign-in that it was given for."""
    account, place = {"type": "account", "id": SAM}, {"type": "organization", "id": CLINIC}
    question = {"subject": account, "action": {"name": SENSITIVE}, "resource": place}
    strong = {"context": {"acr": ACR_TWO_FACTORS}}
    for kind in ("subject", "resource"):
        assert send(ready, f"search/{kind}", question).json()["results"] == []
        assert len(send(ready, f"search/{kind}", {**question, **strong}).json()["results"]) == 1
    names = [{"name": PLAIN}, {"name": SENSITIVE}]
    assert send(ready, "search/action", question).json()["results"] == names[:1]
    assert send(ready, "search/action", {**question, **strong}).json()["results"] == names
    token = send(ready, "search/action", {**question, **strong, "page": {"limit": 1}}).json()["page"]["next_token"]
    assert send(ready, "search/action", {**question, "page": {"token": token}}).status_code == 400
