"""The invited person says yes, with an account of their own and the invited address proved, or gets nothing (F2)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from access_manager.app import SERVICE
from access_manager.organizations.models import Organization
from tests.service.access_manager.invited import (
    ANN,
    BASE,
    INVITATIONS,
    NEW,
    Accounts,
    audited,
    held,
    invite,
    letters,
    link_to,
    write_answers,
)
from tests.service.access_manager.world import (
    CLINIC,
    MEG,
    OTHER,
    World,
    clinic,
    manager,
    member,
)

MAX = "acc_max"
ANNAS = "acc_ann"


@pytest.fixture
def accounts(world: World) -> Accounts:
    """A clinic with two managers and a member, another practice, and identity's side."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
    world.seed(clinic(manager("acc_bea", "Bea Boss"), id=OTHER))
    return Accounts(world)


def test_f2_the_letter_leads_to_a_page_that_says_who_invites_to_what(world: World, accounts: Accounts) -> None:
    """Name and practice in the subject, plain tasks, an end, and a link that opens a page without a sign-in."""
    invite(world)
    assert letters(world) == ["Lakeside Family Practice invites you"]
    visitor = world.browser()
    visitor.open(link_to(world))
    assert visitor.text.startswith("Lakeside Family Practice invites you Meg Manager would like you to be able to:")
    assert "See patient claims" in visitor.text and "Send claims" in visitor.text
    assert "December 7, 2026" in visitor.text  # 14 days
    assert visitor.answer.headers["Cache-Control"] == "no-store"


def test_f2_looking_changes_nothing_however_often_a_scanner_looks(world: World, accounts: Accounts) -> None:
    """Mail scanners open links, and some their buttons' targets: the invitation stays as it is (threat 33)."""
    made = invite(world)
    visitor = world.browser()
    for _ in range(3):
        visitor.open(link_to(world))
    again = world.api().get(f"{INVITATIONS}/{made['invitation_id']}").json()
    assert again == {name: value for name, value in made.items() if name != "status_code"}
    assert len(world.mails()) == 1


def test_f2_an_account_that_owns_the_address_accepts_and_holds_exactly_what_is_listed(
    world: World, accounts: Accounts
) -> None:
    """Existing accounts are attached: sign in, say yes, work at once; nobody approves anything more."""
    accounts.owned["ann@office.example"] = [ANNAS]
    ends_at = "2027-01-31T05:00:00Z"
    invite(world, ends_at=ends_at, lines=["dental"])
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(link_to(world))
    visitor.follow("Sign in")
    assert "See patient claims" in visitor.text
    assert held(world, ANNAS) is None
    visitor.press("Yes, accept")
    assert visitor.text.startswith("My access Lakeside Family Practice")
    found = held(world, ANNAS) or {}
    assert found["functions"] == ["claims.status.view", "claims.submit"]
    assert found["ends_at"] == "2027-01-31T05:00:00Z" and found["lines"] == ["dental"]
    assert found["display_name"] == "Ann Lee" and found["role"] == "member"
    assert accounts.made == []
    granted = world.published("membership.granted")[-1]
    assert granted.data["account_id"] == ANNAS


def test_f2_a_second_click_on_a_used_link_lands_in_the_app(world: World, accounts: Accounts) -> None:
    """The link in the mail, and the page of the yes: both lead to one's own access, as does a yes said twice."""
    accounts.owned["ann@office.example"] = [ANNAS]
    made = invite(world)
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")
    again = world.browser(ANNAS, name="Ann Lee")
    again.open(f"/manage/join/{made['invitation_id']}")
    visitor.press("Yes, accept")
    again.press("Yes, accept")  # the tab that was still open
    assert again.address.endswith("/manage/mine")
    for address in (link_to(world), f"/manage/join/{made['invitation_id']}"):
        visitor.open(address)
        assert visitor.address.endswith("/manage/mine") and visitor.answer.status_code == 200
    assert audited(world, "invitation.") == ["invitation.made", "invitation.accepted"]


def test_f2_somebody_without_an_account_makes_one_and_works_at_once(world: World, accounts: Accounts) -> None:
    """The letter to the invited address opens the account; as soon as it is theirs, the access is."""
    made = invite(world)
    visitor = world.browser()
    visitor.open(link_to(world))
    visitor.press("Send me the e-mail")
    assert visitor.text.startswith("Look at your e-mail") and "a***@o***.example" in visitor.text
    assert write_answers(world) == 1
    mail = world.mails()[-1]
    assert mail.recipient == "ann@office.example" and "/account/activate?token=the-activation-secret" in mail.body
    asked = accounts.made[0]
    assert asked["reference"] == made["invitation_id"] and asked["population"] == "provider"
    assert asked["return_url"].endswith(f"/manage/join/{made['invitation_id']}")
    accounts.take()
    found = held(world, NEW) or {}
    assert found["functions"] == ["claims.status.view", "claims.submit"] and found["display_name"] == "Ann Lee"
    visitor = world.browser(NEW, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")  # where activation returns to
    assert visitor.address.endswith("/manage/mine")


def test_f2_nobody_gets_a_second_account(world: World, accounts: Accounts) -> None:
    """Whoever has one and asks for the letter is told in the letter, and only there, to sign in (threat 26)."""
    accounts.owned["ann@office.example"] = [ANNAS]
    invite(world)
    visitor = world.browser()
    visitor.open(link_to(world))
    with_account = visitor.text
    visitor.press("Send me the e-mail")
    told = visitor.text
    assert write_answers(world) == 1 and accounts.made == []
    assert letters(world)[-1] == "You have an account: sign in for Lakeside Family Practice"
    assert "/account/activate" not in world.mails()[-1].body
    accounts.owned.clear()
    invite(world, email="bob@office.example")
    visitor.open(link_to(world, "bob@office.example"))
    assert visitor.text == with_account.replace("a***@", "b***@")
    visitor.press("Send me the e-mail")
    assert visitor.text == told.replace("a***@", "b***@")


def test_a_forwarded_link_gives_nothing(world: World, accounts: Accounts) -> None:
    """Somebody else's account, signed in: told to whom it was sent, masked; nothing accepted, by GET or by POST.

    Account take-over by a letter sent on (threats 33 and 35).
    """
    accounts.owned["ann@office.example"] = [ANNAS]
    made = invite(world)
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")
    accounts.owned.clear()  # the address was taken off the account meanwhile
    visitor.press("Yes, accept")
    assert visitor.answer.status_code == 403
    assert "It was sent to a***@o***.example." in visitor.text
    thief = world.browser("acc_eve", name="Eve Else")
    thief.open(link_to(world))
    thief.follow("Sign in")
    assert thief.answer.status_code == 403 and "ann@office.example" not in thief.answer.text
    assert held(world, "acc_eve") is None and held(world, ANNAS) is None


def test_the_letter_that_opens_an_account_goes_to_the_invited_address_only(world: World, accounts: Accounts) -> None:
    """Whoever was sent the link can ask for the letter; it goes past them, and not twice within a minute."""
    invite(world)
    visitor = world.browser()
    for _ in range(3):
        visitor.open(link_to(world))
        visitor.press("Send me the e-mail")
        write_answers(world)
    assert len(accounts.made) == 1 and letters(world)[1:] == ["Make your account for Lakeside Family Practice"]
    assert "the-activation-secret" not in visitor.answer.text
    world.clock.advance(timedelta(minutes=2))
    visitor.open(link_to(world))
    visitor.press("Send me the e-mail")
    assert write_answers(world) == 1


def test_while_identity_is_away_the_letter_waits(world: World, accounts: Accounts) -> None:
    """The page answers all the same; the worker writes as soon as identity is back; a yes is told to try again."""
    made = invite(world)
    visitor = world.browser()
    visitor.open(link_to(world))
    accounts.away = True
    visitor.press("Send me the e-mail")
    assert visitor.text.startswith("Look at your e-mail") and write_answers(world) == 0
    signed_in = world.browser(ANNAS, name="Ann Lee")
    signed_in.open(f"/manage/join/{made['invitation_id']}")
    assert signed_in.answer.status_code == 503 and "try again in a minute" in signed_in.text
    accounts.away = False
    assert write_answers(world) == 1
    assert write_answers(world) == 0


def test_f2_accepting_after_the_end_is_refused_with_what_to_do(world: World, accounts: Accounts) -> None:
    """After 14 days the link, the page and the button say that it ended and who can invite again."""
    accounts.owned["ann@office.example"] = [ANNAS]
    made = invite(world)
    world.clock.advance(timedelta(days=14, seconds=-1))
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")
    world.clock.advance(timedelta(seconds=1))
    visitor.press("Yes, accept")
    assert visitor.answer.status_code == 410
    assert "Ask an access manager of Lakeside Family Practice to invite you again" in visitor.text
    stranger = world.browser()
    stranger.open(link_to(world))
    assert stranger.answer.status_code == 410 and stranger.text.startswith("This invitation has ended")
    assert held(world, ANNAS) is None


def test_an_account_opened_after_the_end_has_no_access(world: World, accounts: Accounts) -> None:
    """The activation link may live longer than the invitation: whoever is late has an account and nothing else."""
    invite(world)
    visitor = world.browser()
    visitor.open(link_to(world))
    visitor.press("Send me the e-mail")
    write_answers(world)
    world.clock.advance(timedelta(days=14))
    accounts.take()
    assert held(world, NEW) is None
    assert audited(world, "invitation.") == ["invitation.made", "invitation.refused"]


def test_an_account_of_another_opener_takes_nothing(world: World, accounts: Accounts) -> None:
    """Whoever can have accounts opened under a reference of their choice gets no invitation by it (threat 35)."""
    made = invite(world)
    data = {"account_id": "acc_eve", "reference": made["invitation_id"], "population": "provider", "status": "pending"}
    world.tell("account.opened", "identity", "acc_eve", **data)
    assert held(world, "acc_eve") is None


def test_nobody_invites_themself_to_more(world: World, accounts: Accounts) -> None:
    """G5: an address nobody knows to be the manager's own: what they gave themselves they cannot accept."""
    accounts.owned["meg.private@mail.example"] = [MEG]
    made = invite(world, email="meg.private@mail.example", functions=["payment.manage"])
    visitor = world.browser(MEG)
    visitor.open(f"/manage/join/{made['invitation_id']}")
    visitor.press("Yes, accept")
    assert visitor.answer.status_code == 403 and "Nobody adds functions to their own access" in visitor.text
    assert "payment.manage" not in (held(world, MEG) or {})["functions"]


def test_an_old_letter_does_not_undo_a_removal(world: World, accounts: Accounts) -> None:
    """Invited, joined by another way, removed: the invitation from before the removal is worth nothing."""
    accounts.owned["ann@office.example"] = [ANNAS]
    made = invite(world)
    world.clock.advance(timedelta(hours=1))
    world.seed(clinic(member(ANNAS, "Ann Lee")))
    found = held(world, ANNAS) or {}
    world.api(subject=MEG).post(f"{BASE}/members/{found['membership_id']}/removal", json={"reason": "concern"})
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")
    visitor.press("Yes, accept")
    assert visitor.answer.status_code == 409 and held(world, ANNAS) is None
    invite(world, functions=["claims.submit"])  # given anew, after the removal
    visitor.open(f"/manage/join/{made['invitation_id']}")
    visitor.press("Yes, accept")
    assert (held(world, ANNAS) or {})["functions"] == ["claims.submit"]


def test_f2_the_rules_hold_at_the_yes_too(world: World, accounts: Accounts) -> None:
    """F6: the contract ended between invitation and yes: what needs one is refused then, and nothing is half given."""
    accounts.owned["ann@office.example"] = [ANNAS]
    made = invite(world, functions=["claims.submit", "demographics.update"])
    with world.context.transaction() as work:
        work.session.execute(update(Organization).where(Organization.id == CLINIC).values(contracted=False))
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")
    visitor.press("Yes, accept")
    assert visitor.answer.status_code == 409 and held(world, ANNAS) is None
    refused = world.api(subject=MEG).post(INVITATIONS, json={**ANN, "functions": ["demographics.update"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/contracted-only")


@pytest.mark.parametrize("secret", ["", "broken", "a" * 43, "%27%20or%201=1"])
def test_a_broken_link_says_what_to_do(world: World, accounts: Accounts, secret: str) -> None:
    """No invitation behind it: 404, in words, with nothing to press."""
    visitor = world.browser()
    visitor.open(f"/manage/join?token={secret}")
    assert visitor.answer.status_code == 404 and visitor.text.startswith("This link leads nowhere")


def test_the_pages_of_the_invited_speak_spanish(world: World, accounts: Accounts) -> None:
    """Everything a person without an account reads, in the language of their browser, the letter included."""
    invite(world)
    visitor = world.browser(language="es")
    visitor.open(link_to(world))
    assert "Lakeside Family Practice le invita" in visitor.text
    visitor.press("Envíenme el correo")
    write_answers(world)
    assert world.mails()[-1].subject == "Abra su cuenta para Lakeside Family Practice"


def test_the_letter_job_is_one_people_wait_for(world: World, accounts: Accounts) -> None:
    """It runs whenever a worker looks, and costs a look where nobody waits."""
    job = next(each for each in SERVICE.jobs if each.name == "invitation-answers")
    assert not job.every and job.anything is not None
    invite(world)
    with world.context.reading() as session:
        assert job.anything(session) is False
    visitor = world.browser()
    visitor.open(link_to(world))
    visitor.press("Send me the e-mail")
    with world.context.reading() as session:
        assert job.anything(session) is True
    assert re.search(r"sent=1$", visitor.address)
