"""What nobody would type: every door of the operators answers it with 4xx or with nothing found, never with a fault."""

from typing import Any

import pytest

from identity.policies import rules
from tests.service.identity.offices import OPERATOR, WHY, at_work
from tests.service.identity.world import ORIGIN, PAT, World, membership

ODD_VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    10**18,
    1.5,
    1e308,
    "",
    "20",
    "\u202e20",
    "x" * 10_000,
    [],
    [None],
    [["member"]],
    [{"member": 1}],
    {},
    {"new_device": None},
    {"new_device": {"new_device": 1}},
    dict.fromkeys(rules.DEFAULTS.risk_weights, True),
    dict.fromkeys(rules.DEFAULTS.risk_weights, 1.0),
]
ODD_DAYS = [
    "0000-00-00",
    "2026-02-30",
    "2026-13-01",
    "today",
    "20261123",
    "2026-W48-1",
    "9999-12-32",
    "-1",
    "٢٠٢٦-11-23",
]
GOOD_DAYS = ["0001-01-01", "2026-11-23", "9999-12-31"]
BAD_ORGANIZATIONS: list[dict[str, Any]] = [
    {"idle_minutes": 4},
    {"idle_minutes": "5"},
    {"idle_minutes": 5.5},
    {"idle_minutes": True},
    {"life_hours": 25},
    {"minimum_acr": "urn:gatehouse:acr:9"},
    {"minimum_acr": ["phr"]},
    {"function_acr": {"payment.manage": "none"}},
    {"function_acr": {"Payment Manage": "phr"}},
    {"function_acr": {"": "phr"}},
    {"function_acr": {"payment.manage": None}},
    {"function_acr": ["payment.manage"]},
    {"function_acr": {"a." + "b" * 70: "phr"}},
    {"idle_hours": 5},
    {"idle_minutes": 5, "organization_id": "org_other"},
]


@pytest.mark.parametrize("name", rules.NAMES)
def test_no_odd_value_gets_into_a_policy(world: World, name: str) -> None:
    """Threat 49: each is refused with 422 or is within the bounds; whatever is stored, the rooms can still read."""
    api = world.api("policies.manage", client="console")
    for value in ODD_VALUES:
        answer = api.put(f"/api/identity/v1/policies/{name}", json={"value": value, "justification": WHY})
        assert answer.status_code in (200, 422), value
        if answer.status_code == 200:
            assert answer.json()["value"] == value
    assert api.get("/api/identity/v1/policies").status_code == 200


def test_a_policy_takes_a_value_and_a_reason_and_nothing_else(world: World) -> None:
    """Threat 34: names, dates and authors are not the caller's to give."""
    api = world.api("policies.manage", client="console")
    for more in (
        {"set_by": "somebody"},
        {"set_at": "2020-01-01T00:00:00Z"},
        {"default": 30},
        {"name": "lock_failures"},
    ):
        body = {"value": 20, "justification": WHY, **more}
        assert api.put("/api/identity/v1/policies/lock_minutes", json=body).status_code == 422
    assert api.put("/api/identity/v1/policies/lock_minutes", json={"justification": WHY}).status_code == 422
    assert api.get("/api/identity/v1/policies/deviations").json() == {"deviations": [], "clients": []}


@pytest.mark.parametrize("body", BAD_ORGANIZATIONS)
def test_no_odd_value_gets_into_an_organization_s_policy(world: World, body: dict[str, Any]) -> None:
    """422 with the field by name; nothing is half written."""
    api = world.api("policies.manage", client="console")
    path = "/api/identity/v1/organizations/org_clinic/policy"
    answer = api.put(path, json={"justification": WHY, **body})
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert api.get(path).json() == {"idle_minutes": None, "life_hours": None, "minimum_acr": None, "function_acr": {}}


def test_odd_days_are_told_and_the_ends_of_time_are_days(world: World) -> None:
    """The first and the last day that a calendar knows are no faults of ours."""
    (operator,) = world.seed(OPERATOR)
    staff, api = at_work(world, operator), world.api("audit.read", client="console")
    for day in ODD_DAYS:
        staff.open(f"/admin/audit?since={day}")
        assert staff.answer.status_code in (200, 422), day
        assert api.get("/api/identity/v1/audit", params={"since": day}).status_code in (200, 422), day
    for day in GOOD_DAYS:
        staff.open(f"/admin/audit?since={day}&until={day}")
        assert staff.answer.status_code == 200, day
        answer = api.get("/api/identity/v1/audit", params={"since": "0001-01-01", "until": day})
        assert answer.status_code == 200, day


@pytest.mark.parametrize("before", ["-1", "0", "abc", "9" * 30, "1.5", "", "1 OR 1=1"])
def test_odd_pages_of_the_audit_are_empty_or_the_first(world: World, before: str) -> None:
    """Nobody gets a fault, nor an entry that the filters leave out, by asking for a strange page."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    staff.open(f"/admin/audit?target={pat}&action=account.opened&before={before}")
    assert staff.answer.status_code == 200
    assert staff.text.count("The person took the account") in (0, 1)
    assert "Signed in" not in staff.text


def test_long_and_repeated_answers_are_refused(world: World) -> None:
    """One answer for each question, no longer than its place (threat 57)."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    staff.open(f"/admin/accounts/{pat}/suspend")
    token = staff.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    for fields in (
        [("reason", "x" * 201)],
        [("reason", "one"), ("reason", "two")],
        [("reason", "two\nlines")],
        [("reason", "bell\x07")],
        [],
    ):
        staff._go("POST", f"{ORIGIN}/admin/accounts/{pat}/suspend", [("csrf_token", token), *fields])
        assert staff.answer.status_code == 422, fields
    assert world.published("account.locked") == []


def test_an_aim_that_is_none_starts_no_recovery(world: World) -> None:
    """Only what the form offers can be given back."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    staff.open(f"/admin/accounts/{pat}/recover")
    token = staff.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    for aim in ("everything", "", "PASSWORD"):
        fields = [("csrf_token", token), ("reason", "Called back at the number we know"), ("aim", aim)]
        staff._go("POST", f"{ORIGIN}/admin/accounts/{pat}/recover", fields)
        assert staff.answer.status_code == 422, aim
    assert "recovery.started" not in [action for action, _target in world.audited()]


def test_recoveries_cannot_flood_a_person(world: World) -> None:
    """Five links an hour, whoever of the staff asks; then the page says to wait (threat 29, resend flood)."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    for _ in range(6):
        staff.open(f"/admin/accounts/{pat}/recover")
        staff.choose("Their password")
        staff.fill("How did the person prove who they are?", "Called back at the number we know")
        staff.press("Start the recovery")
    assert staff.answer.status_code == 422
    assert "Several recoveries were begun a short time ago." in staff.text
    assert len([mail for mail in world.mails() if "/recover/link?token=" in mail.body]) == 5


def test_functions_of_an_organization_are_typed_kindly(world: World) -> None:
    """Blank lines and several spaces mean nothing; what was saved comes back as it would be typed."""
    operator, pat = world.seed(OPERATOR, PAT)
    world.tell("membership.granted", membership(pat))
    staff = at_work(world, operator)
    staff.open("/admin/organizations/org_clinic")
    staff.fill("Least level for single functions", "\n  payment.manage    phr  \n\nclaims.submit urn:gatehouse:acr:2\n")
    staff.fill("Justification", WHY)
    staff.press("Set these rules")
    staff.open("/admin/organizations/org_clinic")
    assert "payment.manage phr\nclaims.submit urn:gatehouse:acr:2" in staff.answer.text.replace("\r\n", "\n")
