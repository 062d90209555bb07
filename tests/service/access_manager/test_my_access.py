"""G15: everybody sees what they may do and who controls it; somebody without access learns no name."""

from datetime import UTC, datetime, timedelta
from typing import Any

from access_manager.functions.catalogue import BY_ID
from tests.service.access_manager.world import CLINIC, MEG, SAM, World, asks, clinic, manager, member
from tests.support.pages import PageVisitor

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


def test_a_portal_shows_the_same_by_the_api(world: World) -> None:
    """G15: whoever is active gets managers and how to reach them; who waits, was never in, or is a program: nobody."""
    world.seed(clinic(manager(), member(functions=("claims.submit",))))
    world.tell("user.registered", "registration", "app_1", **asks())
    path = "/api/access/v1/me/access"
    [own] = world.api("access.read", subject=SAM).get(path).json()["access"]
    assert (own["organization_id"], own["functions"]) == (CLINIC, ["claims.submit"])
    assert "remittance.view" in own["lacking"] and own["function_ends"] == {}
    assert own["managers"] == [{"display_name": "Meg Manager", "email": "acc_meg@lakeside.example"}]
    for nobody in ("acc_pat", "acc_stranger"):
        assert world.api("access.read", subject=nobody).get(path).json() == {"access": []}
    assert world.api("access.read").get(path).status_code == 403
    assert world.api("access.evaluate", subject=SAM).get(path).status_code == 403


def waiting(world: World) -> PageVisitor:
    """Pat, who asked to join a clinic of two managers, and looks at the page."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager")))
    world.tell("user.registered", "registration", "app_1", **asks())
    browser = world.browser("acc_pat", acr="urn:gatehouse:acr:1", name="Pat Partner")
    browser.open(PAGE)
    return browser


def letters(world: World) -> list[Any]:
    """What those who decide were written by Pat."""
    return [mail for mail in world.mails() if mail.subject == "Pat Partner writes about their request"]


def test_who_waits_writes_by_a_form_and_learns_nobody(world: World) -> None:
    """G15: a pending person gets a contact form and nothing to harvest; everybody who decides gets the letter."""
    pat = waiting(world)
    assert "Write to those who decide about your request" in pat.text
    pat.choose("I have a question about my request")
    pat.press("Send")
    assert "Your message is on its way" in pat.text
    assert not any(word in pat.answer.text for word in ("Meg", "Max", "acc_meg", "acc_max", "lakeside.example"))
    assert {mail.recipient for mail in letters(world)} == {"acc_meg@lakeside.example", "acc_max@lakeside.example"}
    [body] = {mail.body for mail in letters(world)}
    approval = world.published("approval.required")[0].subject
    assert "I have a question about my request" in body and "pat@lakeside.example" in body
    assert f"/manage/requests/{approval}" in body
    entries = world.api().get(f"/api/access/v1/organizations/{CLINIC}/history").json()["entries"]
    assert (entries[0]["action"], entries[0]["actor"]) == ("approval.asked_about", "acc_pat")


def test_who_waits_writes_once_a_day_and_in_our_words(world: World) -> None:
    """Neither a manager's mail nor their trust is used up: no words of a stranger's own, and a day between."""
    pat = waiting(world)
    pat.press("Send")
    assert pat.answer.status_code == 422 and "Choose what you want to say" in pat.text
    token = pat._page.xpath("//input[@name='csrf_token']/@value")[0]
    for typed, status in (("Open http://evil.example at once", 422), ("waits", 200), ("waits", 429)):
        pat._go("POST", f"http://localhost:8000{PAGE}/message", [("csrf_token", token), ("message", typed)])
        assert pat.answer.status_code == status, typed
    assert len(letters(world)) == 2 and "You have written within the last day" in pat.text
    world.clock.advance(timedelta(days=1))
    later = world.browser("acc_pat", acr="urn:gatehouse:acr:1", name="Pat Partner")
    later.open(PAGE)
    later.choose("I still wait for a decision")
    later.press("Send")
    assert len(letters(world)) == 4


def test_there_is_no_form_where_nobody_waits(world: World) -> None:
    """A stranger, a member, and who was decided about: 404 for the form that is sent all the same."""
    world.seed(clinic(manager(), member()))
    for account in (SAM, "acc_stranger"):
        browser = world.browser(account, acr="urn:gatehouse:acr:1", name="Somebody")
        browser.open(PAGE)
        assert "Write to those who decide" not in browser.text
        browser.open(f"{PAGE}/ask")
        tokens = browser._page.xpath("//input[@name='csrf_token']/@value")
        if tokens:
            fields = [("csrf_token", tokens[0]), ("message", "waits")]
            browser._go("POST", f"http://localhost:8000{PAGE}/message", fields)
            assert browser.answer.status_code == 404
    assert world.mails() == []


def test_an_open_review_is_said_once_and_calmly(world: World) -> None:
    """At the top, with its last day and that there is nothing to do; not as an end behind each task."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    due = (world.clock.now() + timedelta(days=14)).isoformat()
    reviews = f"/api/access/v1/organizations/{CLINIC}/reviews"
    assert world.api(subject="acc_meg").post(reviews, json={"due_at": due}).status_code == 201
    browser = world.browser(SAM, acr="urn:gatehouse:acr:1", name="Sam Staff")
    browser.open(PAGE)
    assert browser.text.count("December 7, 2026") == 1 and "This access is being reviewed" in browser.text
    assert "Until Dec" not in browser.text
    [review] = world.api().get(reviews).json()["reviews"]
    items = f"{reviews}/{review['review_id']}/items"
    row = next(each for each in world.api().get(items).json()["items"] if each["account_id"] == SAM)
    path = f"{items}/{row['membership_id']}/decision"
    assert world.api(subject="acc_meg").post(path, json={"decision": "keep"}).status_code == 200
    browser.open(PAGE)
    assert "This access is being reviewed" not in browser.text


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
    assert "Your access lasts until" in browser.text
    world.clock.freeze(ends)
    late = world.browser(SAM, acr="urn:gatehouse:acr:1")
    late.open(PAGE)
    assert "Your access has ended" in late.text


def test_a_manager_gets_from_their_own_access_to_that_of_others_and_back(world: World) -> None:
    """Each is a link away, one's own behind one's name; whoever manages nothing is not led to a closed door."""
    world.seed(clinic(manager(), member()))
    meg = world.browser(MEG, name="Meg Manager")
    meg.open(PAGE)
    meg.follow("Manage access")
    assert meg.text.startswith("Requests")
    meg.follow("Meg Manager: My access")
    assert meg.address.endswith(PAGE)
    sam = world.browser(SAM, acr="urn:gatehouse:acr:1")
    sam.open(PAGE)
    assert "Manage access" not in sam.answer.text


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
