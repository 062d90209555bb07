"""F6, F8: whatever a form offers can be saved, in a company, in a practice without a contract, and in a full one.

Each form is walked as a person walks it: every box it shows is ticked, and the button is pressed.
"""

import re

import pytest
from sqlalchemy import update

from access_manager.demo import DemoPractice
from access_manager.functions.catalogue import BY_ID, FUNCTIONS, entitled
from access_manager.memberships.models import Membership
from access_manager.organizations.service import OrganizationFacts
from tests.service.access_manager.world import CLINIC, MEG, PAT, SAM, World, asks, manager, member
from tests.support.pages import PageVisitor

MAX, PARTNER, PIA = "acc_max", "org_partner", "acc_pia"
EVERYTHING = [each.id for each in FUNCTIONS]
HERE = [("billing_company", True), ("vendor", False), ("practice", False), ("practice", True)]


@pytest.fixture(params=HERE, ids=[f"{kind}-{'contracted' if contract else 'without'}" for kind, contract in HERE])
def place(world: World, request: pytest.FixtureRequest) -> tuple[World, set[str]]:
    """Meg and Max, who manage an organization, with Sam; and what may be held there."""
    kind, contracted = request.param
    holds = entitled(kind=kind, contracted=contracted)
    people = manager(functions=holds), manager(MAX, "Max Manager", holds), member(functions=())
    world.seed(DemoPractice(OrganizationFacts(CLINIC, "Lakeside", kind, contracted, "1234"), people))
    world.availability.open(*EVERYTHING)
    return world, set(holds)


def at(world: World, address: str, account: str = MEG) -> PageVisitor:
    """Somebody at a page."""
    visitor = world.browser(account)
    visitor.open(address)
    return visitor


def offered(visitor: PageVisitor) -> set[str]:
    """The functions whose boxes the page shows."""
    return set(re.findall(r'type="checkbox" name="functions" value="([^"]+)"', visitor.answer.text))


def tick_all(visitor: PageVisitor) -> set[str]:
    """Tick every box of a function; return which there were."""
    found = offered(visitor)
    for each in found:
        visitor.choose(BY_ID[each].task)
    return found


def memberships(world: World, organization: str = CLINIC) -> dict[str, dict[str, object]]:
    """Who has access, by account."""
    found = world.api().get(f"/api/access/v1/organizations/{organization}/members").json()["members"]
    return {each["account_id"]: each for each in found}


def held(world: World, account: str, organization: str = CLINIC) -> set[str]:
    """What an account holds."""
    functions = memberships(world, organization)[account]["functions"]
    assert isinstance(functions, list)
    return set(functions)


def given_long_ago(world: World, account: str, functions: list[str]) -> None:
    """Let a row hold what was given before the organization's kind or contract forbade it."""
    with world.context.transaction() as work:
        theirs = (Membership.account_id == account) & (Membership.organization_id == CLINIC)
        work.session.execute(update(Membership).where(theirs).values(functions=functions))


@pytest.mark.parametrize("query", ["", "?profile=full_access", "?profile=clinician", "?copy=max"])
def test_the_page_of_a_person(place: tuple[World, set[str]], query: str) -> None:
    """What is ticked by hand, by a usual job, or as a colleague has it."""
    world, may = place
    given_long_ago(world, MAX, EVERYTHING)
    ids = {account: str(each["membership_id"]) for account, each in memberships(world).items()}
    meg = at(world, f"/manage/people/{ids[SAM]}{query.replace('max', ids[MAX])}")
    assert offered(meg) == may
    if not query:
        tick_all(meg)
    meg.press("Save access")
    assert meg.address.endswith("?saved=1"), meg.text
    assert held(world, SAM) <= may and held(world, SAM)
    if not query:
        assert held(world, SAM) == may


def test_a_request_to_join(place: tuple[World, set[str]]) -> None:
    """Approved as far as it can be; what was asked for beyond that is named."""
    world, may = place
    world.tell("user.registered", "registration", "app_1", **asks(functions=EVERYTHING))
    [opened] = world.published("approval.required")
    meg = at(world, f"/manage/requests/{opened.data['approval_id']}")
    assert tick_all(meg) == may
    assert ("saving leaves them out" in meg.text) is (may != set(EVERYTHING))
    meg.press("Approve access")
    assert meg.answer.status_code == 200, meg.text
    assert held(world, PAT) == may


def test_the_list_of_requests_says_which_cannot_be_approved_as_asked(place: tuple[World, set[str]]) -> None:
    """What “approve” would refuse has no link for that, and whoever comes there is told why."""
    world, may = place
    world.tell("user.registered", "registration", "app_1", **asks(functions=EVERYTHING))
    [opened] = world.published("approval.required")
    approve = f"/manage/approve?request={opened.data['approval_id']}"
    whole = may == set(EVERYTHING)
    assert (f'href="{approve}"' in at(world, "/manage").answer.text) is whole
    told = at(world, approve).text
    assert ("Some of these functions are only for" in told) is not whole


def test_one_invitation_and_a_list(place: tuple[World, set[str]]) -> None:
    """Each tick of both forms can be given."""
    world, may = place
    meg = at(world, "/manage/people/add")
    assert tick_all(meg) == may
    meg.fill("Full name", "Ann Able")
    meg.fill("E-mail address", "ann@lakeside.example")
    meg.press("Invite")
    assert "/manage/invitations/" in meg.address, meg.text
    meg = at(world, "/manage/people/add/several")
    assert tick_all(meg) == may
    meg.fill("Paste the list", "Bob Bright <bob@lakeside.example>")
    meg.press("Check the list")
    meg.press("Give access to 1 person")
    assert "/manage/batches/" in meg.address, meg.text


@pytest.mark.parametrize("query", ["?profile=full_access", "?copy=max"])
def test_an_invitation_as_a_usual_job_or_a_colleague(place: tuple[World, set[str]], query: str) -> None:
    """What is ticked for the manager can be given too; what the colleague has beyond that is named."""
    world, may = place
    given_long_ago(world, MAX, EVERYTHING)
    colleague = str(memberships(world)[MAX]["membership_id"])
    meg = at(world, f"/manage/people/add{query.replace('max', colleague)}")
    assert ("saving leaves them out" in meg.text) is ("copy" in query and may != set(EVERYTHING))
    meg.fill("Full name", "Ann Able")
    meg.fill("E-mail address", "ann@lakeside.example")
    meg.press("Invite")
    assert "/manage/invitations/" in meg.address, meg.text


def test_the_list_for_emergencies_and_its_use(place: tuple[World, set[str]]) -> None:
    """G13: listed, then taken up by somebody who has none of it; what may no longer be held is not offered."""
    world, may = place
    meg = at(world, "/manage/emergencies/list")
    assert tick_all(meg) == may
    meg.press("Save the list")
    assert meg.address.endswith("/manage/emergencies"), meg.text
    sam = at(world, "/manage/mine/emergency", SAM)
    assert tick_all(sam) == may
    sam.fill("Why can it not wait?", "The clinician on call cannot be reached")
    sam.press("Begin emergency access")
    assert "Emergency access runs" in sam.text


def test_asking_for_more_and_giving_it(place: tuple[World, set[str]]) -> None:
    """G7: everything that can be asked for can be given; the API's list of what one lacks is the same."""
    world, may = place
    [mine] = world.api("access.read", subject=SAM).get("/api/access/v1/me/access").json()["access"]
    assert set(mine["lacking"]) == may
    sam = at(world, "/manage/mine/ask", SAM)
    assert tick_all(sam) == may
    sam.press("Ask an access manager")
    assert "asked=1" in sam.address, sam.text
    [asked] = world.published("access.requested")
    meg = at(world, f"/manage/requests/more/{asked.subject}")
    assert tick_all(meg) == may
    meg.press("Approve access")
    assert held(world, SAM) == may


def test_what_a_portal_reads_to_build_a_form_of_its_own(place: tuple[World, set[str]]) -> None:
    """The API names what may be granted there: all of it can be, and nothing else."""
    world, may = place
    base = f"/api/access/v1/organizations/{CLINIC}"
    found = world.api(subject=MEG).get(base).json()
    assert set(found["functions"]) == may
    [listed] = world.api(subject=MEG).get("/api/access/v1/organizations").json()["organizations"]
    assert listed == found
    sam = f"{base}/members/{memberships(world)[SAM]['membership_id']}"
    for each in EVERYTHING:
        answer = world.api(subject=MEG).put(sam, json={"functions": [each]}, headers={"If-Match": "*"})
        assert answer.is_success is (each in may), (each, answer.text)


def test_what_takes_two_managers(place: tuple[World, set[str]]) -> None:
    """G17: proposed is only what a second manager could agree to."""
    world, may = place
    path = f"/api/access/v1/organizations/{CLINIC}/four-eyes"
    assert world.api(subject=MEG).put(path, json={"sensitive_functions": True}).is_success
    sam = str(memberships(world)[SAM]["membership_id"])
    meg = at(world, f"/manage/proposals/functions/{sam}")
    found = offered(meg)
    assert found == {each for each in may if BY_ID[each].sensitive}
    if not found:
        assert "There is none" in meg.text
        return
    tick_all(meg)
    meg.press("Propose")
    second = at(world, meg.address, MAX)
    second.press("Agree")
    assert held(world, SAM) == found


def connected(world: World, partner_kind: str) -> tuple[str, bool, set[str]]:
    """Connect Lakeside with a partner by its form, everything ticked: the link, whether Lakeside gives, and what."""
    facts = OrganizationFacts(PARTNER, "Harbor Partners", partner_kind, True, "5678")
    world.seed(DemoPractice(facts, (manager(PIA, "Pia Partner", ()), manager("acc_pol", "Pol", ()))))
    code = world.api().post(f"/api/access/v1/organizations/{PARTNER}/connect-code").json()["connect_code"]
    meg = at(world, "/manage/partners/connect")
    meg.fill("Their connection code", code)
    meg.press("Continue")
    found = tick_all(meg)
    if "Who works for whom?" in meg.text:
        meg.choose("Harbor Partners would work for Lakeside")
    meg.press("Propose the connection")
    link = meg.address.rsplit("/", 1)[1]
    assert link.startswith("lnk_"), meg.text
    theirs = at(world, f"/manage/partners/{link}", PIA)
    theirs.press("Agree")
    return link, "We work for" in theirs.text, found


@pytest.mark.parametrize("partner_kind", ["billing_company", "practice"])
def test_a_connection_and_who_is_sent(place: tuple[World, set[str]], partner_kind: str) -> None:
    """G12: whichever side gives, what the form offers the giver may hold; so each of it can be handed to a person."""
    world, may = place
    kind = world.api().get(f"/api/access/v1/organizations/{CLINIC}").json()["kind"]
    if kind == partner_kind == "practice":
        return  # no company among them: they cannot be connected at all
    link, to_lakeside, found = connected(world, partner_kind)
    theirs = set(entitled(kind=partner_kind, contracted=True))
    # Of two companies either may be the giver: offered is what both may hold.
    of_giver = may if to_lakeside else theirs
    assert found == (may & theirs if "practice" not in (kind, partner_kind) else of_giver)
    company, sender = (PARTNER, PIA) if to_lakeside else (CLINIC, MEG)
    account = "acc_pol" if to_lakeside else SAM
    sent = str(memberships(world, company)[account]["membership_id"])
    page = at(world, f"/manage/partners/{link}/staff/{sent}", sender)
    assert tick_all(page) == found
    page.press("Save")
    assert held(world, account, CLINIC if to_lakeside else PARTNER) == found


def test_what_a_person_has_and_may_not_hold_is_shown_as_such(place: tuple[World, set[str]]) -> None:
    """Named with why, never with a tick; saving leaves it out."""
    world, may = place
    given_long_ago(world, SAM, EVERYTHING)
    meg = at(world, f"/manage/people/{memberships(world)[SAM]['membership_id']}")
    kind = world.api().get(f"/api/access/v1/organizations/{CLINIC}").json()["kind"]
    of_care = kind in ("billing_company", "vendor")
    assert ("Only for those who give care" in meg.text) is of_care
    assert ("Only for organizations with a contract" in meg.text) is (not of_care and may != set(EVERYTHING))
    assert offered(meg) == may
    meg.press("Save access")
    assert held(world, SAM) == may
