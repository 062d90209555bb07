"""The decision point: AuthZEN at the door, opening hours behind it, availability near or away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.auth.possession import BOTH_WAYS
from tests.service.access_manager.world import CLINIC, MONDAY, ORIGIN, SAM, World, clinic, manager, member

SUNDAY_EVENING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # Sunday 21:30 Eastern
MONDAY_OPENING = datetime(2026, 11, 23, 10, tzinfo=UTC)  # Monday 05:00 Eastern
TUESDAY_CLOSING = datetime(2026, 11, 24, 8, tzinfo=UTC)  # Tuesday 03:00 Eastern
WHOLE: dict[str, Any] = {
    "subject": {"type": "account", "id": SAM},
    "action": {"name": "precert.submit"},
    "resource": {"type": "organization", "id": CLINIC},
}


@pytest.fixture
def ready(world: World) -> World:
    """A clinic with Sam; precertification is open until Tuesday 03:00 Eastern."""
    world.seed(clinic(manager(), member()))
    world.availability.open("precert.submit", "eligibility.view", until=TUESDAY_CLOSING)
    return world


def test_a_permit_names_how_long_it_holds(ready: World) -> None:
    """Within hours: permitted, until the window ends."""
    answer = ready.evaluate(SAM, "precert.submit")
    assert answer["decision"] is True
    assert answer["context"]["valid_until"] == "2026-11-24T08:00:00Z"
    assert answer["context"]["reason_code"] == "granted"
    assert "stale" not in answer["context"]


def test_a_closed_function_says_when_it_opens_and_opens_then(ready: World) -> None:
    """Sunday 21:30 Eastern closed, Monday 05:00 open again, without anybody's doing."""
    ready.clock.freeze(SUNDAY_EVENING)
    ready.availability.close("precert.submit", "function_closed", MONDAY_OPENING)
    closed = ready.evaluate(SAM, "precert.submit")
    assert closed["decision"] is False
    assert closed["context"]["reason_code"] == "function_closed"
    assert closed["context"]["next_open"] == closed["context"]["valid_until"] == "2026-11-23T10:00:00Z"
    assert closed["context"]["who_can_fix"] == "time"
    ready.clock.freeze(MONDAY_OPENING)
    ready.availability.open("precert.submit", until=TUESDAY_CLOSING)
    assert ready.evaluate(SAM, "precert.submit")["decision"] is True


def test_availability_is_asked_once_while_its_answer_holds(ready: World) -> None:
    """The cached answer serves until the instant it named."""
    for _ in range(5):
        ready.evaluate(SAM, "precert.submit")
    assert ready.availability.asked == 1
    ready.clock.freeze(TUESDAY_CLOSING)
    ready.availability.close("precert.submit", "function_closed", TUESDAY_CLOSING + timedelta(hours=2))
    assert ready.evaluate(SAM, "precert.submit")["decision"] is False
    assert ready.availability.asked == 2


def test_a_denial_for_another_reason_does_not_ask_for_hours(ready: World) -> None:
    """Whoever lacks the function is told so, whatever the hour."""
    ready.evaluate(SAM, "payment.manage")
    assert ready.availability.asked == 0


def maintenance(state: str) -> dict[str, object]:
    """Return the data of a maintenance event."""
    return {
        "maintenance_id": "mnt_1",
        "calendars": ["precertification"],
        "state": state,
        "starts_at": MONDAY,
        "ends_at": None,
        "emergency": False,
        "reason": None,
    }


def test_an_event_cuts_the_cached_answer(ready: World) -> None:
    """Maintenance that starts is effective at the next evaluation, long before the answer's own end."""
    ready.evaluate(SAM, "precert.submit")
    ready.availability.close("precert.submit", "maintenance", MONDAY + timedelta(hours=1))
    ready.tell("maintenance.started", "availability", "mnt_1", **maintenance("in_effect"))
    assert ready.evaluate(SAM, "precert.submit")["context"]["reason_code"] == "maintenance"


def test_an_answer_overtaken_by_an_event_is_not_kept(ready: World) -> None:
    """The event arrives while availability is being asked: the old answer must not look new afterwards."""
    told = iter([lambda: ready.tell("maintenance.started", "availability", "mnt_1", **maintenance("in_effect"))])
    ready.availability.while_asked = lambda: next(told, lambda: None)()
    ready.evaluate(SAM, "precert.submit")
    ready.evaluate(SAM, "precert.submit")
    assert ready.availability.asked == 2


def test_a_clock_that_went_back_asks_again(ready: World) -> None:
    """An answer from the future says nothing about a window that was over and is open again."""
    ready.evaluate(SAM, "precert.submit")
    ready.clock.freeze(SUNDAY_EVENING)
    ready.availability.close("precert.submit", "function_closed", MONDAY_OPENING)
    assert ready.evaluate(SAM, "precert.submit")["context"]["reason_code"] == "function_closed"


def test_while_availability_is_away_the_last_answer_serves_for_a_quarter_of_an_hour(ready: World) -> None:
    """Marked stale with its own end; then nobody knows, and unknown is denied."""
    ready.evaluate(SAM, "precert.submit")
    ready.availability.away = True
    ready.clock.freeze(TUESDAY_CLOSING)
    stale = ready.evaluate(SAM, "precert.submit")
    assert (stale["decision"], stale["context"]["stale"]) == (True, True)
    assert stale["context"]["valid_until"] == "2026-11-24T08:15:00Z"
    ready.clock.freeze(TUESDAY_CLOSING + timedelta(minutes=15))
    unknown = ready.evaluate(SAM, "precert.submit")["context"]
    assert (unknown["reason_code"], unknown["who_can_fix"]) == ("hours_unknown", "operator")
    ready.availability.away = False
    ready.clock.advance(timedelta(seconds=6))
    ready.availability.open("precert.submit", until=TUESDAY_CLOSING + timedelta(days=1))
    assert ready.evaluate(SAM, "precert.submit")["decision"] is True


def test_a_neighbour_that_is_away_is_not_asked_by_every_call(ready: World) -> None:
    """One call in five seconds waits for it."""
    ready.availability.away = True
    for _ in range(4):
        assert ready.evaluate(SAM, "precert.submit")["context"]["reason_code"] == "hours_unknown"
    assert ready.availability.asked == 1


@pytest.mark.parametrize("resource", [{"type": "organization", "id": ""}, {"type": "portal", "id": "billing"}])
def test_without_an_organization_the_caller_is_told_to_choose_one(ready: World, resource: dict[str, str]) -> None:
    """A decision is always for one organization."""
    answer = ready.api("access.evaluate").post("/access/v1/evaluation", json={**WHOLE, "resource": resource})
    assert answer.json()["context"]["reason_code"] == "organization_not_selected"


@pytest.mark.parametrize(
    ("subject", "organization"), [("acc_nobody", CLINIC), (SAM, "org_nowhere"), (SAM, "' OR 1=1 --")]
)
def test_nobody_and_nowhere_are_denied_alike(ready: World, subject: str, organization: str) -> None:
    """An unknown account and an unknown organization look the same."""
    answer = ready.evaluate(subject, "precert.submit", organization)
    assert (answer["decision"], answer["context"]["reason_code"]) == (False, "no_membership")


def test_the_sentence_comes_in_the_callers_language(ready: World) -> None:
    """The code is for programs, the sentence for people."""
    headers = {"Accept-Language": "es"}
    body = {**WHOLE, "action": {"name": "payment.manage"}}
    answer = ready.api("access.evaluate").post("/access/v1/evaluation", json=body, headers=headers)
    assert answer.json()["context"]["reason"] == "Esta función no forma parte del acceso de la persona."


def test_metadata_names_the_endpoints(world: World) -> None:
    """AuthZEN §9: found without a token, cacheable."""
    answer = world.app.test_client().get("/.well-known/authzen-configuration")
    assert answer.get_json() == {
        "policy_decision_point": ORIGIN,
        "access_evaluation_endpoint": f"{ORIGIN}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{ORIGIN}/access/v1/evaluations",
        "search_subject_endpoint": f"{ORIGIN}/access/v1/search/subject",
        "search_resource_endpoint": f"{ORIGIN}/access/v1/search/resource",
        "search_action_endpoint": f"{ORIGIN}/access/v1/search/action",
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b"{}", "application/json"),
        (b'{"subject": {"type": "account", "id": "\\ud800"}}', "application/json"),
        (b"subject=acc", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_not_a_request_is_400(ready: World, body: bytes, content_type: str) -> None:
    """Malformed, empty, of another type or kind: problem details, never 500."""
    for path in ("/access/v1/evaluation", "/access/v1/evaluations"):
        headers = {"Content-Type": content_type}
        answer = ready.api("access.evaluate").post(path, content=body, headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_a_charset_is_accepted_and_the_request_id_comes_back(ready: World) -> None:
    """AuthZEN §10: X-Request-ID is echoed."""
    headers = {"Content-Type": "application/json; charset=utf-8", "X-Request-ID": "caller-1234-5678"}
    with ready.api("access.evaluate") as client:
        answer = client.post("/access/v1/evaluation", json=WHOLE, headers=headers)
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (200, "caller-1234-5678")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_post_asks(ready: World, method: str) -> None:
    """Other methods are refused."""
    assert ready.api("access.evaluate").request(method, "/access/v1/evaluation").status_code == 405


def test_asking_needs_a_token_with_the_scope(ready: World) -> None:
    """No token 401 with a challenge, another scope 403; neither says anything about Sam."""
    nobody = ready.app.test_client().post("/access/v1/evaluation", json=WHOLE)
    assert (nobody.status_code, nobody.headers["WWW-Authenticate"]) == (401, BOTH_WAYS)
    assert ready.api("access.read").post("/access/v1/evaluation", json=WHOLE).status_code == 403


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        (None, [True, False, True]),
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_a_batch_answers_in_order_under_its_semantic(ready: World, semantic: str | None, expected: list[bool]) -> None:
    """Defaults merge; a short-circuit includes the answer that caused it."""
    items = [{}, {"action": {"name": "payment.manage"}}, {"action": {"name": "eligibility.view"}}]
    body: dict[str, Any] = {**WHOLE, "evaluations": items}
    if semantic:
        body["options"] = {"evaluations_semantic": semantic}
    answer = ready.api("access.evaluate").post("/access/v1/evaluations", json=body).json()
    assert [each["decision"] for each in answer["evaluations"]] == expected


def test_a_malformed_item_is_an_error_of_its_own(ready: World) -> None:
    """The others are answered."""
    body = {**WHOLE, "evaluations": [{"action": {}}, {}]}
    found = ready.api("access.evaluate").post("/access/v1/evaluations", json=body).json()["evaluations"]
    assert found[0]["decision"] is False and found[0]["context"]["error"]["status"] == 400
    assert found[1]["decision"] is True


def test_a_batch_without_items_is_a_single_evaluation(ready: World) -> None:
    """AuthZEN §7.1."""
    assert ready.api("access.evaluate").post("/access/v1/evaluations", json=WHOLE).json()["decision"] is True
