"""G15: everybody sees what they may do and who controls it; somebody without access learns no name."""

from datetime import UTC, datetime, timedelta

from access_manager.functions.catalogue import BY_ID
from tests.service.access_manager.world import CLINIC, SAM, World, asks, clinic, manager, member

PAGE = "/manage/mine"


def test_a_member_sees_what_they_hold_lack_and_whom_to_ask(world: World) -> None:
    """Tasks in plain words, in each organization; the managers by name and address."""
    world.seed(
        clinic(manager(), member(functions=("claims.submit",))),
        clinic(manager("acc_olga", "Olga Owner"), member(functions=("eligibility.view",)), id="org_2"),
    )
    browser = world.browser(SAM, acr="urn:gatehouse:acr:1")
    browser.open(PAGE)
    text = browser.text
    held, lacking = text.split("What you may not do", 1)
    assert BY_ID["claims.submit"].task in text
    assert BY_ID["remittance.view"].task in lacking
    assert BY_ID["remittance.view"].task not in held
    for name in ("Meg Manager", "Olga Owner", "Lakeside Family Practice", "Harbor Dental"):
        assert name in text


def test_who_waits_learns_where_to_ask_and_no_name(world: World) -> None:
    """A pending person gets the desk and their application; so does somebody who was removed."""
    world.seed(clinic(manager()))
    world.tell("user.registered", "registration", "app_1", **asks())
    browser = world.browser("acc_pat", acr="urn:gatehouse:acr:1")
    browser.open(PAGE)
    assert "You have no access to an organization yet." in browser.text
    assert "Meg" not in browser.text
    assert "Lakeside" not in browser.text
    assert browser.leads_to("See your application").endswith("/register/status")


def test_an_end_is_named_and_what_is_over_is_said(world: World) -> None:
    """The instant it ends, and afterwards that it did."""
    world.seed(clinic(manager(), member()))
    ends = datetime.now(UTC) + timedelta(days=3650)
    with world.context.transaction() as work:
        work.session.connection().exec_driver_sql(
            "UPDATE memberships SET ends_at = ? WHERE account_id = ?", (ends.strftime("%Y-%m-%d %H:%M:%S"), SAM)
        )
    browser = world.browser(SAM, acr="urn:gatehouse:acr:1")
    browser.open(PAGE)
    assert "Your access ends on" in browser.text
    world.clock.freeze(ends)
    late = world.browser(SAM, acr="urn:gatehouse:acr:1")
    late.open(PAGE)
    assert "Your access has ended" in late.text


def test_only_people_of_practices(world: World) -> None:
    """Staff of the payer have no access of this kind; nobody else's organization is ever shown."""
    world.seed(clinic(manager(), member()), clinic(manager("acc_olga", "Olga Owner"), id="org_2"))
    desk = world.browser("acc_desk", population="staff")
    desk.open(PAGE)
    assert "Lakeside" not in desk.text
    assert "My access" not in desk.text
    browser = world.browser(SAM, language="es", acr="urn:gatehouse:acr:1")
    browser.open(PAGE)
    assert "Quién controla mi acceso" in browser.text
    assert "Olga" not in browser.text
    assert CLINIC not in browser.text
