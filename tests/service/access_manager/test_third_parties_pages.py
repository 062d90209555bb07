"""G12 as managers of both sides do it: in a browser without scripts, each act that takes away asks first."""

import pytest

from tests.service.access_manager.partnership import BEA, BEN, BILLING, BO, Partnership, company
from tests.service.access_manager.world import CLINIC, MEG, OTHER, SAM, World, clinic, manager, member
from tests.support.pages import PageVisitor

PARTNERS = "/manage/partners"


@pytest.fixture
def both(world: World) -> Partnership:
    """The clinic and the company, not connected."""
    return Partnership.seeded(world)


@pytest.fixture
def connected(both: Partnership) -> str:
    """The address of a connection through which Ben works."""
    link = both.connected()
    both.send(link, functions=("claims.submit", "remittance.view"))
    return f"{PARTNERS}/{link}"


def at(
    both: Partnership, account: str, address: str = PARTNERS, name: str = "Bea Billing", language: str = "en"
) -> PageVisitor:
    """Somebody at a page."""
    visitor = both.world.browser(account, language, name=name)
    visitor.open(address)
    return visitor


def test_two_managers_connect_and_send_somebody(both: Partnership) -> None:
    """The code is read out, the proposal waits, the other side agrees, chooses a person, and the practice sees who."""
    bea = at(both, BEA)
    bea.press("Make a connection code")
    code = next(word for word in bea.text.split() if word.count("-") == 2 and word.isupper())
    meg = at(both, MEG, name="Meg Manager")
    meg.follow("Connect a partner")
    meg.fill("Their connection code", code.lower())
    meg.press("Continue")
    assert "Billwell Billing would work for Lakeside Family Practice" in meg.text
    meg.choose("Send claims")
    meg.choose("See remittances")
    meg.press("Propose the connection")
    assert "Waits for them" in meg.text and "Withdraw the proposal" in meg.text
    bea = at(both, BEA)
    bea.follow("Lakeside Family Practice")
    assert "We work for Lakeside Family Practice" in bea.text
    bea.press("Agree")
    bea.follow("Choose people")
    bea.follow("Add Ben Biller")
    bea.choose("Send claims")
    bea.press("Save")
    assert "Ben Biller" in bea.text and both.may(BEN, "claims.submit")
    meg.open(PARTNERS)
    meg.follow("Billwell Billing")
    assert "Ben Biller" in meg.text
    meg.open("/manage/people")
    assert "Through a partner" in meg.text


def test_a_wrong_code_and_an_empty_proposal_say_what_to_do(both: Partnership) -> None:
    """What was typed stays; the fault is linked to its field."""
    meg = at(both, MEG, f"{PARTNERS}/connect", name="Meg Manager")
    meg.press("Continue")
    assert meg.answer.status_code == 422 and "Enter the connection code" in meg.text
    meg.fill("Their connection code", "0000-0000-0000")
    meg.press("Continue")
    assert "No organization has this connection code now." in meg.text and "Billwell" not in meg.text
    meg.fill("Their connection code", both.code())
    meg.press("Continue")
    meg.press("Propose the connection")
    assert "Choose at least one task" in meg.text


def test_two_companies_say_who_works_for_whom(both: Partnership) -> None:
    """Where either could, the page asks; a practice and a practice cannot at all."""
    vendor = "org_vendor"
    both.world.seed(company(manager("acc_vic", "Vic", ()), id=vendor, name="Vendor House", kind="vendor"))
    bea = at(both, BEA, f"{PARTNERS}/connect")
    bea.fill("Their connection code", both.code(vendor))
    bea.press("Continue")
    bea.choose("See patient claims")
    bea.press("Propose the connection")
    assert "Choose who works for whom" in bea.text
    bea.choose("Billwell Billing would work for Vendor House")
    bea.press("Propose the connection")
    assert "We work for Vendor House" in bea.text
    both.world.seed(clinic(manager("acc_olga", "Olga Owner"), id=OTHER))
    meg = at(both, MEG, f"{PARTNERS}/connect", name="Meg Manager")
    meg.fill("Their connection code", both.code(OTHER))
    meg.press("Continue")
    assert meg.answer.status_code == 409 and "Only a billing company or a vendor" in meg.text


def test_making_it_smaller_shows_who_loses_what_first(both: Partnership, connected: str) -> None:
    """The first page changes nothing; the second names people and tasks; then it is done."""
    meg = at(both, MEG, connected, name="Meg Manager")
    meg.follow("Give fewer tasks or an earlier end")
    meg.untick("Send claims")
    meg.press("Continue")
    assert "Nobody there will do this for us any more" in meg.text and "Ben Biller" in meg.text
    assert both.may(BEN, "claims.submit")
    meg.press("Change it now")
    assert not both.may(BEN, "claims.submit") and both.may(BEN, "remittance.view")


def test_two_managers_who_make_it_smaller_at_once_see_each_other(both: Partnership, connected: str) -> None:
    """The second one looked at something that has changed."""
    meg = at(both, MEG, f"{connected}/narrow", name="Meg Manager")
    meg.untick("Send claims")
    meg.press("Continue")
    both.narrow(connected.rsplit("/", 1)[1], "claims.submit", "remittance.view")
    meg.press("Change it now")
    assert meg.answer.status_code == 412 and "Somebody changed" in meg.text


@pytest.mark.parametrize("who", [MEG, BEA])
def test_ending_asks_first_and_names_who_loses_access(both: Partnership, connected: str, who: str) -> None:
    """From either side."""
    visitor = at(both, who, connected)
    visitor.follow("End the connection")
    assert "1 person loses access" in visitor.text and "Ben Biller" in visitor.text
    assert both.may(BEN, "claims.submit")
    visitor.press("End the connection now")
    assert "Ended" in visitor.text and not both.may(BEN, "claims.submit")
    visitor.open(f"{connected}/end")
    assert "It is not in effect." in visitor.text


def test_the_company_changes_and_takes_off_its_person(both: Partnership, connected: str) -> None:
    """Ticks are what they hold there; taking off asks first."""
    bea = at(both, BEA, connected)
    bea.follow("Change Ben Biller")
    bea.untick("Send claims")
    bea.fill("Last day of access", "2020-01-01")
    bea.press("Save")
    assert bea.answer.status_code == 422 and "Enter an end date after today" in bea.text
    bea.fill("Last day of access", "2026-12-24")
    bea.press("Save")
    assert not both.may(BEN, "claims.submit") and both.may(BEN, "remittance.view")
    bea.follow("Change Ben Biller")
    bea.follow("Remove Ben Biller")
    bea.press("Remove now")
    assert "Nobody yet." in bea.text and not both.may(BEN, "remittance.view")


def test_a_refusal_is_told_on_the_page(both: Partnership, connected: str) -> None:
    """Bea cannot add to her own access while Bo could."""
    bea = at(both, BEA, f"{connected}/staff/{both.membership(BEA)}")
    bea.choose("Send claims")
    bea.press("Save")
    assert bea.answer.status_code == 403 and "Nobody adds functions to their own access" in bea.text


def test_declining_and_withdrawing(both: Partnership) -> None:
    """Each from its own side; a page grown old says so."""
    link = both.propose().json()["link_id"]
    bea = at(both, BEA, f"{PARTNERS}/{link}")
    old = at(both, BO, f"{PARTNERS}/{link}")
    bea.press("Decline")
    assert "Declined" in bea.text
    old.press("Agree")
    assert old.answer.status_code == 409 and "has changed or ended meanwhile" in old.text
    again = both.propose().json()["link_id"]
    meg = at(both, MEG, f"{PARTNERS}/{again}", name="Meg Manager")
    meg.press("Withdraw the proposal")
    assert "Withdrawn" in meg.text


@pytest.mark.parametrize("page", ["", "/narrow", "/end", "/staff", "/staff/mem_x", "/staff/mem_x/remove"])
def test_pages_of_others_are_404(both: Partnership, connected: str, page: str) -> None:
    """threat 35: for a manager of another practice; for a plain member they are not for them."""
    both.world.seed(clinic(manager("acc_olga", "Olga Owner"), id=OTHER))
    assert at(both, "acc_olga", connected + page).answer.status_code == 404
    assert at(both, SAM, connected + page).answer.status_code == 403


def test_the_practice_has_no_pages_for_sending(both: Partnership, connected: str) -> None:
    """Who is sent is the company's choice."""
    assert at(both, MEG, f"{connected}/staff").answer.status_code == 404
    assert at(both, MEG, f"{connected}/staff/{both.membership(SAM, CLINIC)}").answer.status_code == 404


def test_the_code_can_be_taken_away(both: Partnership) -> None:
    """Then there is none, and the former one is worth nothing."""
    code = both.code()
    bea = at(both, BEA)
    assert code in bea.text
    bea.press("Delete the code")
    assert code not in bea.text
    assert both.propose(connect_code=code).status_code == 422


def test_in_spanish(both: Partnership, connected: str) -> None:
    """Every sentence, formal."""
    bea = at(both, BEA, connected, language="es")
    assert "Trabajamos para Lakeside Family Practice" in bea.text
    bea.open(PARTNERS)
    assert "Para quién trabajamos" in bea.text and "Our connection code" not in bea.text


def test_a_member_who_works_for_two_practices_has_one_account(both: Partnership, connected: str) -> None:
    """The billing company's staff across several practices: one person, a membership at each, each ended alone."""
    both.world.seed(clinic(manager("acc_olga", "Olga Owner"), member("acc_odd", "Odd One"), id=OTHER))
    body = {"side": "provider", "functions": ["claims.submit"], "connect_code": both.code()}
    second = both.call("acc_olga", "POST", "partners", OTHER, body).json()["link_id"]
    both.answer(second)
    sent = both.call(
        BEA, "PUT", f"partners/{second}/staff/{both.membership(BEN)}", BILLING, {"functions": ["claims.submit"]}
    )
    assert sent.status_code == 200
    assert both.may(BEN, "claims.submit") and both.world.evaluate(BEN, "claims.submit", OTHER)["decision"]
    both.end(connected.rsplit("/", 1)[1])
    assert not both.may(BEN, "claims.submit") and both.world.evaluate(BEN, "claims.submit", OTHER)["decision"]
