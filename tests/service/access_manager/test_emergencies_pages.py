"""G13 as people see it, and what operators do about links and emergencies on the command line."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from access_manager.app import SERVICE
from shared.cli import program
from tests.service.access_manager.partnership import BEN, BILLING, Partnership
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, OTHER, SAM, World, clinic, manager, member
from tests.support.pages import PageVisitor

LIST, MINE = "/manage/emergencies", "/manage/mine/emergency"
MAX = "acc_max"


@pytest.fixture
def clinic_at_night(world: World) -> World:
    """Two managers and a member."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
    world.availability.open("clinical.view", "eligibility.view")
    return world


def at(world: World, account: str, address: str, language: str = "en") -> PageVisitor:
    """Somebody at a page."""
    visitor = world.browser(account, language)
    visitor.open(address)
    return visitor


def listed(world: World, *tasks: str) -> PageVisitor:
    """Meg after she listed tasks."""
    meg = at(world, MEG, LIST)
    meg.follow("Change the list")
    for task in tasks or ("See clinical records",):
        meg.choose(task)
    meg.fill("For how many minutes?", "90")
    meg.press("Save the list")
    return meg


def begun(world: World) -> PageVisitor:
    """Sam after taking up clinical records."""
    sam = at(world, SAM, MINE)
    sam.choose("See clinical records")
    sam.fill("Why can it not wait?", "The clinician on call cannot be reached")
    sam.press("Begin emergency access")
    return sam


def test_from_the_list_to_the_review(clinic_at_night: World) -> None:
    """A manager lists, a member begins with a fresh sign-in and a reason, ends early, another manager reviews."""
    world = clinic_at_night
    meg = listed(world)
    assert "For 90 minutes each time." in meg.text
    sam = begun(world)
    assert world.identity.asked[-1]["acr_values"] == "urn:gatehouse:acr:2"
    assert "Emergency access runs" in sam.text and world.evaluate(SAM, "clinical.view")["decision"]
    sam.press("End it now")
    assert "Your last use waits for its review" in sam.text
    assert not world.evaluate(SAM, "clinical.view")["decision"]
    mail = next(mail for mail in world.mails() if "Emergency access" in mail.subject)
    meg.open(next(word for word in str(mail.body).split() if LIST in word))
    assert "The clinician on call cannot be reached" in meg.text
    meg.press("Save the review")
    assert meg.answer.status_code == 422 and "Choose what you found" in meg.text
    meg.choose("It was needed, and used for that")
    meg.fill("In your words", "Talked to Sam")
    meg.press("Save the review")
    assert "In order" in meg.text and "Talked to Sam" in meg.text
    sam.open("/manage/mine")
    sam.follow("Emergency access")
    assert "Begin emergency access" in sam.text


def test_an_old_sign_in_is_asked_to_prove_itself_again(clinic_at_night: World) -> None:
    """A7: eleven minutes are too old, on the way in and when the button is pressed."""
    world = clinic_at_night
    listed(world)
    sam = at(world, SAM, MINE)
    asked = len(world.identity.asked)
    world.clock.advance(timedelta(minutes=11))
    sam.open(f"{MINE}/{CLINIC}")
    assert world.identity.asked[asked]["max_age"] == "600"


def test_a_manager_ends_it_early(clinic_at_night: World) -> None:
    """From the page of that use; pressed on an old page it says that it has ended."""
    world = clinic_at_night
    meg = listed(world)
    begun(world)
    meg.open(LIST)
    assert "Runs now" in meg.text
    meg.follow("Sam Staff")
    old = at(world, MAX, meg.address)
    meg.press("End it now")
    assert not world.evaluate(SAM, "clinical.view")["decision"]
    old.press("End it now")
    assert old.answer.status_code == 409 and "has ended already" in old.text


def test_the_forms_say_what_is_missing(clinic_at_night: World) -> None:
    """Minutes out of range; no task; no reason; a reason that is none."""
    world = clinic_at_night
    meg = listed(world)
    meg.open(f"{LIST}/list")
    meg.fill("For how many minutes?", "241")
    meg.press("Save the list")
    assert meg.answer.status_code == 422 and "from 15 to 240" in meg.text
    sam = at(world, SAM, MINE)
    sam.press("Begin emergency access")
    assert "Choose at least one task" in sam.text and "Say why it cannot wait" in sam.text
    sam.choose("See clinical records")
    sam.fill("Why can it not wait?", "urgent")
    sam.press("Begin emergency access")
    assert "Say a little more" in sam.text
    assert not world.evaluate(SAM, "clinical.view")["decision"]


def test_nothing_listed_says_whom_to_call(clinic_at_night: World) -> None:
    """And a second manager's own use is not theirs to review."""
    assert "There is nothing that you could use here." in at(clinic_at_night, SAM, MINE).text
    listed(clinic_at_night)
    meg = at(clinic_at_night, MEG, f"{MINE}/{CLINIC}")
    meg.choose("See clinical records")
    meg.fill("Why can it not wait?", "Nobody else is in the office")
    meg.press("Begin emergency access")
    meg.press("End it now")
    meg.open(LIST)
    meg.follow("Meg Manager")
    assert "This is your own use" in meg.text and "Save the review" not in meg.text


def test_people_of_several_organizations_choose_and_others_find_nothing(clinic_at_night: World) -> None:
    """With two a choice, with none the desk; a foreign organization is a 404 (threat 35)."""
    world = clinic_at_night
    world.seed(clinic(manager("acc_olga", "Olga Owner"), member(), id=OTHER))
    sam = at(world, SAM, MINE)
    sam.follow("Harbor Dental")
    assert "Emergency access at Harbor Dental" in sam.text
    assert at(world, "acc_olga", f"{MINE}/{CLINIC}").answer.status_code == 404
    assert "You have no access to an organization" in at(world, "acc_new", MINE).text
    listed(world)
    sam.open(f"{MINE}/{CLINIC}")
    sam.choose("See clinical records")
    sam.fill("Why can it not wait?", "The clinician on call cannot be reached")
    sam.press("Begin emergency access")
    used = world.published("emergency.started")[-1].data["emergency_id"]
    for who in ("acc_olga", SAM):
        assert at(world, who, f"{LIST}/{used}").answer.status_code == 404


def test_in_spanish(clinic_at_night: World) -> None:
    """The button that everybody hears of, too."""
    listed(clinic_at_night)
    assert "Comenzar acceso de emergencia" in at(clinic_at_night, SAM, MINE, "es").text


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command of the program on the world's database; return what it printed, or its exit code."""
    for name, value in (("BROKER_URL", "memory:"), ("CACHE_URL", "memory:"), ("SECRET_KEY", "k" * 40)):
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", world.context.settings.database_url)

    def done(*words: str, json_out: bool = True) -> Any:
        found = CliRunner().invoke(program(SERVICE), [*words, *(["--json"] if json_out else [])], obj=SERVICE)
        return json.loads(found.stdout) if found.exit_code == 0 and json_out else found.exit_code

    return done


def test_the_command_line_connects_and_ends(world: World, run: Any) -> None:
    """Q6: each act of the console for operators, with the same refusals."""
    both = Partnership.seeded(world)
    code = run("partners", "code", BILLING)["connect_code"]
    tasks = ("--function", "claims.submit", "--function", "remittance.view")
    link = run("partners", "propose", CLINIC, code, "--side", "provider", *tasks)["link_id"]
    assert run("partners", "answer", BILLING, link, "accept")["state"] == "active"
    assert run("partners", "answer", BILLING, link, "accept") == 1
    ben = both.membership(BEN)
    given = run("partners", "assign", BILLING, link, ben, *tasks, "--ends-at", "2026-12-24T17:00:00-0500")
    assert (given["account_id"], given["ends_at"]) == (BEN, "2026-12-24 22:00:00+00:00")
    assert run("partners", "staff", CLINIC, link)[0]["account_id"] == BEN
    assert run("partners", "narrow", CLINIC, link, "--function", "claims.submit")["functions"] == ["claims.submit"]
    assert run("partners", "unassign", BILLING, link, ben, json_out=False) == 0
    run("partners", "assign", BILLING, link, ben, "--function", "claims.submit")
    assert [each["state"] for each in run("partners", "end", BILLING)] == ["ended"]
    assert run("partners", "list", CLINIC)[0]["state"] == "ended"
    assert not both.may(BEN, "claims.submit")
    assert run("partners", "code", BILLING, "--drop")["connect_code"] is None
    again = run("partners", "propose", CLINIC, code, "--side", "provider", *tasks)
    assert again == 1


def test_the_command_line_reviews_where_the_only_manager_used_it(world: World, run: Any) -> None:
    """G13: somebody else looks at it, always."""
    world.seed(clinic(manager()))
    assert run("emergencies", "allow", CLINIC, "--function", "clinical.view", "--minutes", "30")["minutes"] == 30
    body = {"organization_id": CLINIC, "functions": ["clinical.view"], "reason": "Nobody else is in the office"}
    used = world.api(subject=MEG).post("/api/access/v1/me/emergencies", json=body).json()["emergency_id"]
    assert [each["id"] for each in run("emergencies", "list", CLINIC)] == [used]
    world.clock.freeze(MONDAY + timedelta(hours=1))
    assert run("emergencies", "end", CLINIC, "emg_x") == 1
