"""The operators' pages of clients and keys: registered, changed with a look first, secrets shown once, switched off."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import PROFILES
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client
from identity.policies import service as policies
from tests.service.identity.offices import AUDITOR, DESK, OPERATOR, WHY, at_work
from tests.service.identity.test_operators_api import told
from tests.service.identity.world import MEG, PAT, World
from tests.service.identity_oidc.desk import client_of, desk, own_token, shown_secret, working
from tests.support.pages import PageVisitor

PAGES = (
    "/admin/clients",
    "/admin/clients/portal",
    "/admin/clients/portal/check",
    "/admin/registration",
    "/admin/keys",
)
ACTS = (
    "/admin/new-client",
    "/admin/clients/portal/edit",
    "/admin/clients/portal/secret",
    "/admin/clients/portal/switch",
    "/admin/registration/new",
)
CHANGE = "/admin/clients/portal/edit"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity with the suite's own clients."""
    with desk(tmp_path) as made:
        yield made


@pytest.fixture
def staff(world: World) -> PageVisitor:
    """An operator at work."""
    (operator,) = world.seed(OPERATOR)
    return working(world, operator, "/admin/clients")


def test_only_operators_change_and_auditors_look(world: World) -> None:
    """O1: the desk has no business here; an auditor reads; strangers and managers find nothing (threat 35)."""
    desk_, auditor, operator = world.seed(DESK, AUDITOR, OPERATOR)
    world.seed(PAT, MEG)
    for account_id, looks, acts in ((desk_, 403, 403), (auditor, 200, 403), (operator, 200, 200)):
        visitor = at_work(world, account_id)
        for path in (*PAGES, *ACTS):
            visitor.open(path)
            assert visitor.answer.status_code == (looks if path in PAGES else acts), (account_id, path)
    for person in (PAT, MEG):
        visitor = world.signed_in(person)
        for path in (*PAGES, *ACTS):
            visitor.open(path)
            assert visitor.answer.status_code == 404, path


def test_to_act_is_to_prove_oneself_again(world: World, staff: PageVisitor) -> None:
    """Step-up: after 20 minutes looking goes on, and changing asks for the second factor anew."""
    world.clock.advance(timedelta(minutes=21))
    staff.open("/admin/clients")
    assert staff.answer.status_code == 200
    staff.open(CHANGE)
    assert "/login" in staff.address


def test_clients_are_found_by_a_part(staff: PageVisitor) -> None:
    """Id, name or address, in any capitals; and by their state."""
    for typed in ("PORTAL.example", "sample", "porta"):
        staff.open("/admin/clients")
        staff.fill("A part of the id", typed)
        staff.press("Show")
        assert "Sample portal" in staff.text and "Opening hours" not in staff.text
    staff.choose("Switched off")
    staff.press("Show")
    assert "No app fits." in staff.text


@pytest.mark.parametrize("profile", PROFILES)
def test_every_kind_of_app_has_its_form(staff: PageVisitor, profile: str) -> None:
    """Plain labels with the standard's name beside them, and only what makes sense for the kind."""
    staff.open(f"/admin/new-client?profile={profile}")
    assert staff.answer.status_code == 200
    assert "Name that people see" in staff.text and "client_name" in staff.text
    assert ("Addresses after signing in" in staff.text) is (profile != "service")


def register_program(staff: PageVisitor, client_id: str = "claims-robot", name: str = "Claims robot") -> None:
    """Register a program through the pages."""
    staff.open("/admin/new-client")
    staff.choose("A program, without people")
    staff.press("Continue")
    staff.fill("Id of the client", client_id)
    staff.fill("Name that people see", name)
    staff.fill("What it may know and do", "access.evaluate")
    staff.fill("APIs that it may ask tokens for", "http://localhost:8000/api/access")
    staff.press("Register this app")


def test_a_new_client_gets_its_secret_once(world: World, staff: PageVisitor) -> None:
    """Shown on this page alone, kept nowhere (no-store), audited, and good at once (ASVS 13.3)."""
    register_program(staff)
    assert staff.answer.status_code == 200
    assert "no-store" in staff.answer.headers["Cache-Control"]
    secret = shown_secret(staff)
    assert own_token(world, "claims-robot", secret).status_code == 200
    staff.follow("I have stored it")
    assert secret not in staff.answer.text
    for path in ("/admin/clients/claims-robot/secret", "/admin/clients/claims-robot/edit", "/admin/audit"):
        staff.open(path)
        assert secret not in staff.answer.text
    assert ("client.ensured", "claims-robot") in world.audited()


def test_a_second_client_with_the_same_id_is_refused(world: World, staff: PageVisitor) -> None:
    """Sending the form again shows no other secret and spoils nobody's registration."""
    register_program(staff, "portal")
    assert staff.answer.status_code == 422 and "There is a client with this id already" in staff.text
    assert client_of(world, "portal").name == "Sample portal"
    register_program(staff, "")
    assert "Enter an id for the client" in staff.text


def test_what_may_not_be_registered_is_said_beside_the_field(world: World, staff: PageVisitor) -> None:
    """Threat 3: nothing that was typed is lost, and each sentence leads to its field."""
    staff.open("/admin/new-client?profile=third-party")
    staff.fill("Id of the client", "chart-sync")
    staff.fill("Name that people see", "Chart sync")
    staff.fill("Addresses after signing in", "javascript:alert(1)")
    staff.fill("Access tokens live", "soon")
    staff.press("Register this app")
    assert "Enter a whole number" in staff.text
    staff.fill("Access tokens live", "600")
    staff.press("Register this app")
    assert staff.answer.status_code == 422
    assert 'href="#f-redirect_uris"' in staff.answer.text and 'href="#f-purpose"' in staff.answer.text
    assert "javascript:alert(1)" in staff.text
    assert not any(client_id == "chart-sync" for _, client_id in world.audited())


def test_a_change_is_shown_before_it_is_saved(world: World, staff: PageVisitor) -> None:
    """Issue 4: a page says what a change changes, with what is grave about it; only then it is saved."""
    staff.open(CHANGE)
    staff.fill("Addresses after signing in", "https://portal.example/callback\nhttps://portal.example/second")
    staff.fill("Name that people see", "Provider portal")
    staff.press("Show what this changes")
    for said in ("Not saved yet", "Codes will go to other addresses.", "Sample portal", "Provider portal"):
        assert said in staff.text
    assert client_of(world, "portal").name == "Sample portal"
    staff.press("Save this change")
    assert "The change is saved." in staff.text
    assert client_of(world, "portal").redirect_uris[1] == "https://portal.example/second"
    assert ("client.changed", "portal") in world.audited()


def test_saving_without_a_change_says_so(staff: PageVisitor) -> None:
    """Nothing is different, so there is nothing to save."""
    staff.open(CHANGE)
    staff.press("Show what this changes")
    assert "Nothing is different." in staff.text


def test_two_operators_do_not_overwrite_each_other(world: World, staff: PageVisitor) -> None:
    """Whoever saves second looks at what the first one did (P8)."""
    staff.open(CHANGE)
    staff.fill("Name that people see", "Second name")
    staff.press("Show what this changes")
    world.clock.advance(timedelta(seconds=1))
    (second,) = world.seed(OPERATOR.__class__(**{**vars(OPERATOR), "user_id": "otto.operator", "email": "o@p.example"}))
    other = working(world, second, CHANGE)
    other.fill("Name that people see", "First name")
    other.press("Show what this changes")
    other.press("Save this change")
    staff.press("Save this change")
    assert staff.answer.status_code == 422 and "Somebody changed this client meanwhile" in staff.text
    assert client_of(world, "portal").name == "First name"


def test_another_kind_of_app_brings_its_own_rules(staff: PageVisitor) -> None:
    """A profile sets what belongs to it, and the page says what that changes."""
    staff.open(f"{CHANGE}?profile=third-party")
    staff.fill("What it wants people's data for", "To show claims to their practice.")
    staff.press("Show what this changes")
    for said in ("first-party", "third-party", "Other promises hold for it.", "Whether people are asked changes."):
        assert said in staff.text


def test_the_self_check_shows_received_against_registered(world: World, staff: PageVisitor) -> None:
    """Issue 4: the developer's question "what is wrong?" has its answer on one page."""
    stranger = world.browser()
    stranger.open("/oauth/authorize?client_id=portal&redirect_uri=https%3A%2F%2Fportal.example%2Fcallback%2F")
    own_token(world, "portal", "wrong")
    staff.open("/admin/clients/portal")
    assert "2 kinds of failures" in staff.text
    staff.follow("Self-check: what went wrong lately")
    for said in (
        "GH-OIDC-003",
        "https://portal.example/callback/",
        "Only the slash at the end of the path differs.",
        "does not fit",
        "GH-OIDC-043",
        "client_secret_basic",
        "A password alone is enough for it.",
    ):
        assert said in staff.text, said


def test_a_client_without_failures_says_so(staff: PageVisitor) -> None:
    """An empty list is an answer, too."""
    staff.open("/admin/clients/availability/check")
    assert "Nothing was refused." in staff.text


def test_markup_in_a_name_stays_text(world: World, staff: PageVisitor) -> None:
    """Threat 46: on every page, in every place; templates do not run either."""
    evil = "<img src=x onerror=alert(1)>{{7*7}}"
    with world.context.transaction() as work:
        spec = with_profile("service", id="evil", name=evil, scopes=("access.evaluate",))
        ensure_client(work, spec, "e" * 48)
    stranger = world.browser()
    stranger.open("/oauth/authorize?client_id=evil&redirect_uri=%3Cimg%20src%3Dx%3E&scope=%3Cb%3Eb%3C%2Fb%3E")
    for path in ("", "/evil", "/evil/edit", "/evil/secret", "/evil/switch", "/evil/check"):
        staff.open(f"/admin/clients{path}")
        assert staff.answer.status_code == 200
        assert "<img src=x" not in staff.answer.text and "<b>b</b>" not in staff.answer.text, path


def test_what_is_weaker_stands_among_the_deviations(world: World, staff: PageVisitor) -> None:
    """Domain §5: a password alone, or no PKCE, with its justification, where auditors look."""
    given = {"redirect_uris": ("https://suite.example/cb",), "scopes": ("openid",)}
    with world.context.transaction() as work:
        ensure_client(work, with_profile("certification", id="plan", name="Plan", **given), "p" * 48)
    staff.open("/admin/policies/deviations")
    for said in (
        "Apps that are held to less",
        "Sample portal",
        "Plan",
        "PKCE is not needed",
        "A password alone is enough",
    ):
        assert said in staff.text
    assert str(client_of(world, "plan").justification) in staff.text
    assert "Opening hours" not in staff.text
    assert client_of(world, "plan").minimum_acr == ACR_1


def test_page_api_and_command_line_know_the_same_departures(world: World, staff: PageVisitor) -> None:
    """Domain §5: whoever asks, by whichever way, hears of every app and every policy that departs."""
    given = {"redirect_uris": ("https://suite.example/cb",), "scopes": ("openid",)}
    with world.context.transaction() as work:
        ensure_client(work, with_profile("certification", id="plan", name="Plan", **given), "p" * 48)
        policies.set_policy(work, "lock_minutes", 30, WHY)
    answer = world.api("policies.manage", client="console").get("/api/identity/v1/policies/deviations").json()
    (policy,) = answer["deviations"]
    assert (policy["name"], policy["value"], policy["justification"]) == ("lock_minutes", 30, WHY)
    plan = next(one for one in answer["clients"] if one["id"] == "plan")
    assert plan["departs"] == ["A password alone is enough", "PKCE is not needed"]
    assert plan["justification"] == client_of(world, "plan").justification
    printed = told(world, "policies", "deviations")
    assert [one["name"] for one in printed] == [one["name"] for one in (policy, *answer["clients"])]
    assert [one["departs"] for one in printed[1:]] == [one["departs"] for one in answer["clients"]]
    staff.open("/admin/policies/deviations")
    for one in answer["clients"]:
        assert one["name"] in staff.text and str(one["justification"]) in staff.text


def test_no_form_works_from_another_site(world: World, staff: PageVisitor) -> None:
    """Threat 43: without its token, or from elsewhere, a form changes nothing."""
    for path in ("/admin/new-client", CHANGE, "/admin/clients/portal/switch/off", "/admin/keys/rotate-at-once"):
        answer = staff._http.post(f"{world.origin}{path}", data={"reason": "x", "sure": "yes"})
        assert answer.status_code == 403, path
    assert client_of(world, "portal").enabled


@pytest.mark.parametrize("path", [*PAGES, *ACTS, "/admin/new-client?profile=fapi2", "/admin/clients/portal?done=saved"])
def test_the_pages_speak_spanish(world: World, path: str) -> None:
    """Every page, whole."""
    (operator,) = world.seed(OPERATOR)
    visitor = working(world, operator, path, "es")
    assert visitor.answer.status_code == 200
    for english in ("Signing keys", "All apps", "Reason", "What you can do", "Show what", "Continue", "Name that"):
        assert english not in visitor.text, english
