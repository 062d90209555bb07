"""Every act of the operators for programs: the JSON API and the command line."""

import json
from datetime import timedelta

import httpx
import pytest
from click.testing import CliRunner, Result

from identity.app import SERVICE
from shared.cli import program
from tests.service.identity.offices import WHY, app_of
from tests.service.identity.world import KEEP, MEG, MONDAY, PAT, World, membership

ACCOUNTS = "/api/identity/v1/accounts"


def run(world: World, *words: str) -> Result:
    """Run the identity program against the world's database."""
    environ = {
        "GATEHOUSE_MODE": "test",
        "GATEHOUSE_DATABASE_URL": world.settings.database_url,
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": KEEP,
    }
    return CliRunner().invoke(program(SERVICE), list(words), env=environ)


def told(world: World, *words: str) -> list[dict[str, object]]:
    """What a command prints with --json."""
    found = run(world, *words, "--json")
    assert found.exit_code == 0, found.output
    return list(json.loads(found.output))


def act(api: httpx.Client, account_id: str, name: str, reason: str = "Asked by the payer") -> httpx.Response:
    """Do one act."""
    return api.post(f"{ACCOUNTS}/{account_id}/acts", json={"act": name, "reason": reason})


def test_a_program_finds_and_shows_an_account_without_secrets(world: World) -> None:
    """The same that the desk sees; addresses masked."""
    (pat,) = world.seed(PAT)
    api = world.api("accounts.manage", client="console")
    found = api.post(f"{ACCOUNTS}/search", json={"who": "PatPartner"}).json()
    assert [one["account_id"] for one in found["accounts"]] == [pat]
    shown = api.get(f"{ACCOUNTS}/{pat}/standing").json()
    assert (shown["status"], shown["contacts"][0]["masked"]) == ("active", "p***@l***.example")
    assert PAT.email not in json.dumps(shown)


def test_every_act_is_open_to_programs(world: World) -> None:
    """Suspend, reinstate, require a new password, end sessions, close; each audited with its reason."""
    (pat,) = world.seed(PAT)
    api = world.api("accounts.manage", client="console")
    assert act(api, pat, "suspend").json()["status"] == "suspended"
    assert act(api, pat, "reinstate").json()["status"] == "active"
    assert act(api, pat, "require-reset").json()["reset_required_at"]
    assert act(api, pat, "end-sessions").status_code == 200
    assert act(api, pat, "close").json()["status"] == "closed"
    actions = [action for action, target in world.audited() if target == pat]
    for expected in ("account.suspended", "account.reinstated", "account.reset_required", "account.closed"):
        assert expected in actions


def test_an_act_that_does_not_fit_the_state_is_a_conflict(world: World) -> None:
    """409 with a problem type; nothing happens twice."""
    (pat,) = world.seed(PAT)
    api = world.api("accounts.manage", client="console")
    act(api, pat, "suspend")
    again = act(api, pat, "suspend")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-in-this-state")
    assert len(world.published("account.locked")) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"act": "promote", "reason": "x"},
        {"act": "recover", "reason": "x"},
        {"act": "suspend"},
        {"act": "suspend", "reason": " "},
        {"act": "suspend", "reason": "line\nbreak"},
        {"act": "suspend", "reason": "x" * 201},
        {"act": "suspend", "reason": "x", "status": "closed"},
        {"act": "suspend", "reason": "x", "staff_role": "operator"},
    ],
)
def test_only_declared_fields_and_acts_are_taken(world: World, body: dict[str, str]) -> None:
    """Threat 34: no role, no state, no unknown act can be slipped in."""
    (pat,) = world.seed(PAT)
    answer = world.api("accounts.manage", client="console").post(f"{ACCOUNTS}/{pat}/acts", json=body)
    assert answer.status_code == 422
    assert world.published("account.locked", "account.closed") == []


def test_a_scope_is_not_a_role(world: World) -> None:
    """A person's token may carry the scope of its app; the operators' API is for programs alone (ASVS 8.2.1)."""
    pat, meg = world.seed(PAT, MEG)
    api = world.api("accounts.manage", "policies.manage", "audit.read", client="console")
    person = app_of(world, meg, "accounts.manage", "policies.manage", "audit.read")
    for path in (f"{ACCOUNTS}/{pat}/standing", "/api/identity/v1/policies", "/api/identity/v1/audit"):
        assert api.get(path).status_code == 200
        assert person.get(path).status_code == 403
    assert act(person, pat, "suspend").status_code == 403


@pytest.mark.parametrize("scope", ["accounts.open", "accounts.read", "hours.read"])
def test_another_scope_opens_nothing(world: World, scope: str) -> None:
    """403 before anything is looked up: the same for accounts that exist and for those that do not (threat 35)."""
    (pat,) = world.seed(PAT)
    api = world.api(scope)
    answers = {api.get(f"{ACCOUNTS}/{one}/standing").status_code for one in (pat, "acc_nobody")}
    answers |= {act(api, one, "close").status_code for one in (pat, "acc_nobody")}
    answers |= {api.get("/api/identity/v1/audit").status_code, api.get("/api/identity/v1/policies").status_code}
    assert answers == {403}


def test_policies_are_read_and_changed_by_programs(world: World) -> None:
    """The same bounds and the same justification as on the page."""
    api = world.api("policies.manage", client="console")
    path = "/api/identity/v1/policies"
    assert api.put(f"{path}/lock_minutes", json={"value": 30}).status_code == 422
    changed = api.put(f"{path}/lock_minutes", json={"value": 30, "justification": WHY}).json()
    assert (changed["value"], changed["default"], changed["departs"]) == (30, 15, True)
    (found,) = api.get(f"{path}/deviations").json()["deviations"]
    assert (found["name"], found["justification"], found["set_by"]) == ("lock_minutes", WHY, "console")
    assert len(api.get(path).json()["policies"]) > 10
    assert api.put(f"{path}/nothing", json={"value": 1}).status_code == 404
    assert api.put(f"{path}/lock_minutes", json={"value": 31, "justification": WHY}).status_code == 422


def test_an_organization_s_policy_is_set_whole(world: World) -> None:
    """What is left out is as everybody has it."""
    (pat,) = world.seed(PAT)
    world.tell("membership.granted", membership(pat))
    api = world.api("policies.manage", client="console")
    path = "/api/identity/v1/organizations/org_clinic/policy"
    body = {"idle_minutes": 5, "function_acr": {"payment.manage": "phr"}, "justification": WHY}
    assert api.put(path, json=body).json()["idle_minutes"] == 5
    assert api.put(path, json={"life_hours": 4, "justification": WHY}).json() == {
        "idle_minutes": None,
        "life_hours": 4,
        "minimum_acr": None,
        "function_acr": {},
    }
    assert api.put(path, json={"minimum_acr": "urn:gatehouse:acr:1", "justification": WHY}).status_code == 422
    assert api.get(path).json()["life_hours"] == 4


def test_the_audit_is_read_in_pages(world: World) -> None:
    """`next` leads to the following page; the last one has none."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        for number in range(60):
            work.audit("account.looked_up", target=f"t{number}")
    api = world.api("audit.read", client="console")
    first = api.get("/api/identity/v1/audit", params={"action": "account.looked_up"}).json()
    assert len(first["entries"]) == 50
    second = api.get("/api/identity/v1/audit", params={"action": "account.looked_up", "before": first["next"]}).json()
    assert (len(second["entries"]), second["next"]) == (10, None)
    assert api.get("/api/identity/v1/audit", params={"target": pat}).json()["entries"]
    assert api.get("/api/identity/v1/audit", params={"before": 10**30}).status_code in (200, 422)


def test_every_act_is_on_the_command_line(world: World) -> None:
    """Find, show, suspend, reinstate, require a new password, end sessions, close: each with --json."""
    (pat,) = world.seed(PAT)
    why = ("--reason", "Asked by the payer")
    assert told(world, "accounts", "find", "patpartner")[0]["account_id"] == pat
    assert told(world, "accounts", "suspend", "PatPartner", *why)[0]["status"] == "suspended"
    assert told(world, "accounts", "standing", pat)[0]["held_reason"] == "Asked by the payer"
    assert told(world, "accounts", "reinstate", pat, *why)[0]["status"] == "active"
    assert told(world, "accounts", "require-reset", pat, *why)[0]["act"] == "require-reset"
    assert told(world, "accounts", "end-sessions", pat, *why)[0]["done"]
    assert told(world, "accounts", "close", pat, *why)[0]["status"] == "closed"
    acted = [str(entry["action"]) for entry in told(world, "accounts", "history", pat, "--action", "account")]
    assert acted[:2] == ["account.closed", "account.reset_required"]
    refused = run(world, "accounts", "close", pat, *why)
    assert refused.exit_code == 1
    assert "not in a state for this" in refused.output


def test_a_recovery_from_the_command_line_prints_nothing_secret(world: World) -> None:
    """ASVS 6.4.6: where the link went is told, masked; the link is in the mail alone."""
    world.clock.freeze(MONDAY - timedelta(days=400))  # the command line has the machine's clock, not the world's
    (pat,) = world.seed(PAT)
    (found,) = told(world, "accounts", "recover", pat, "--evidence", "Called back at the number in the directory")
    assert found["sent_to"] == "p***@l***.example"
    assert "token" not in json.dumps(found)
    assert any("/recover/link?token=" in mail.body for mail in world.mails())


def test_an_account_nobody_has_is_told_in_words(world: World) -> None:
    """Exit code 1 and a sentence, for every verb."""
    for words in (
        ("suspend", "nobody", "--reason", "x"),
        ("standing", "nobody"),
        ("unlock", "nobody", "--reason", "x"),
    ):
        found = run(world, "accounts", *words)
        assert (found.exit_code, "There is no account" in found.output) == (1, True)


def test_policies_are_changed_on_the_command_line(world: World) -> None:
    """Values are JSON; refusals are sentences; the default needs no reason."""
    refused = run(world, "policies", "set", "lock_minutes", "30")
    assert (refused.exit_code, "at least 20 characters" in refused.output) == (1, True)
    assert told(world, "policies", "set", "lock_minutes", "30", "--justification", WHY)[0]["value"] == 30
    (found,) = told(world, "policies", "set", "email_factor_populations", '["member"]', "--justification", WHY)
    assert found["value"] == ["member"]
    assert [one["name"] for one in told(world, "policies", "deviations")] == [
        "email_factor_populations",
        "lock_minutes",
    ]
    assert told(world, "policies", "reset", "lock_minutes")[0]["departs"] is False
    assert len(told(world, "policies", "list")) > 10
    assert run(world, "policies", "set", "nothing", "1", "--justification", WHY).exit_code == 1


def test_an_organization_is_held_on_the_command_line(world: World) -> None:
    """Without a value it is shown, with one it is set whole, and it can be as everybody again."""
    words = ("policies", "organization", "org_clinic")
    assert told(world, *words)[0]["idle_minutes"] is None
    options = ("--idle-minutes", "5", "--function-acr", "payment.manage=phr", "--justification", WHY)
    (found,) = told(world, *words, *options)
    assert (found["idle_minutes"], found["function_acr"]) == (5, {"payment.manage": "phr"})
    assert told(world, *words)[0]["idle_minutes"] == 5
    assert run(world, *words, "--idle-minutes", "4", "--justification", WHY).exit_code == 1
    assert told(world, *words, "--as-everybody")[0]["idle_minutes"] is None
