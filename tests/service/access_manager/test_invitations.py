"""A manager invites, the person says yes with an account of their own; one invitation, one yes, exactly what it says.

Row F2, through the front door; identity's side stands in (tests/journeys/test_invited.py tells it with the real one).
"""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from access_manager.app import SERVICE
from access_manager.invitations import service as invitations
from access_manager.invitations.models import InvitationLink
from shared.db.floor import notices, outbox
from tests.service.access_manager.invited import (
    ANN,
    BASE,
    INVITATIONS,
    Accounts,
    audited,
    held,
    invite,
    letters,
    link_to,
)
from tests.service.access_manager.world import (
    CLINIC,
    FRONT_DESK,
    MEG,
    OTHER,
    SAM,
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


def test_f2_inviting_twice_makes_one_invitation(world: World, accounts: Accounts) -> None:
    """The same address in other spelling: the second call changes what it gives, visibly, and sends no letter."""
    first = invite(world)
    second = invite(world, email="Ann@Office.EXAMPLE", functions=["remittance.view"])
    third = invite(world, email="ANN@office.example", functions=["remittance.view"])
    assert (first["status_code"], second["status_code"], third["status_code"]) == (201, 200, 200)
    assert first["invitation_id"] == second["invitation_id"] == third["invitation_id"]
    listed = world.api().get(INVITATIONS).json()["invitations"]
    assert [each["functions"] for each in listed] == [["remittance.view"]]
    assert len(letters(world)) == 1
    assert audited(world, "invitation.") == ["invitation.made", "invitation.changed"]


def test_f2_the_same_key_gives_the_same_answer(world: World, accounts: Accounts) -> None:
    """Idempotency-Key: a call that is repeated because its answer got lost invites once."""
    manager = world.api(subject=MEG)
    answers = [manager.post(INVITATIONS, json=ANN, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json() and answers[1].headers["Idempotency-Replayed"] == "true"


def test_an_invitation_never_outlives_the_access_it_gives(world: World, accounts: Accounts) -> None:
    """Access until Wednesday: the invitation ends with it."""
    ends_at = "2026-11-25T15:00:00Z"
    assert invite(world, ends_at=ends_at)["expires_at"] == ends_at


def test_a_revoked_invitation_opens_nothing(world: World, accounts: Accounts) -> None:
    """Its links, its page, a yes already on the screen, and an account opened meanwhile: all refused."""
    accounts.owned["ann@office.example"] = [ANNAS]
    made = invite(world)
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")
    boss = world.api(subject=MAX)
    revocations = [boss.post(f"{INVITATIONS}/{made['invitation_id']}/revocation") for _ in range(2)]
    assert [each.status_code for each in revocations] == [200, 200]
    visitor.press("Yes, accept")
    assert visitor.answer.status_code == 410 and visitor.text.startswith("This invitation was taken back")
    visitor.open(link_to(world))
    assert visitor.answer.status_code == 410
    assert held(world, ANNAS) is None
    assert audited(world, "invitation.") == ["invitation.made", "invitation.revoked"]


def test_what_was_accepted_is_not_revoked(world: World, accounts: Accounts) -> None:
    """The access is on the person's page then: 409, and sending again too."""
    accounts.owned["ann@office.example"] = [ANNAS]
    made = invite(world)
    visitor = world.browser(ANNAS, name="Ann Lee")
    visitor.open(f"/manage/join/{made['invitation_id']}")
    visitor.press("Yes, accept")
    for act in ("revocation", "letters"):
        answer = world.api(subject=MEG).post(f"{INVITATIONS}/{made['invitation_id']}/{act}")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/invitation-closed")


def test_f2_another_letter_keeps_earlier_links_good_and_is_throttled(world: World, accounts: Accounts) -> None:
    """At most one in ten minutes and six in all; either link opens the page; told when to try again."""
    made = invite(world)
    again = f"{INVITATIONS}/{made['invitation_id']}/letters"
    boss = world.api(subject=MEG)
    refused = boss.post(again)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) == 600
    for _ in range(5):
        world.clock.advance(timedelta(minutes=10))
        assert world.api(subject=MEG).post(again).status_code == 200
    world.clock.advance(timedelta(hours=1))
    assert world.api(subject=MEG).post(again).status_code == 429
    assert len(letters(world)) == 6
    for which in (0, -1):
        visitor = world.browser()
        visitor.open(link_to(world, which=which))
        assert visitor.answer.status_code == 200 and "invites you" in visitor.text
    assert link_to(world, which=0) != link_to(world)


def test_an_ended_invitation_is_made_anew(world: World, accounts: Accounts) -> None:
    """Inviting again, by the list's button or with the form: a new one, good for 14 days; the old link stays dead."""
    made = invite(world)
    old = link_to(world)
    world.clock.advance(timedelta(days=15))
    fresh = world.api(subject=MEG).post(f"{INVITATIONS}/{made['invitation_id']}/letters").json()
    assert fresh["invitation_id"] != made["invitation_id"] and fresh["standing"] == "pending"
    assert [each["standing"] for each in world.api().get(INVITATIONS).json()["invitations"]] == ["pending"]
    visitor = world.browser()
    visitor.open(old)
    assert visitor.answer.status_code == 410
    visitor.open(link_to(world))
    assert visitor.answer.status_code == 200


def test_f2_the_list_shows_how_each_stands(world: World, accounts: Accounts) -> None:
    """Pending, bounced, expired, accepted, revoked; a filter in the address shows one kind."""
    accounts.owned["kim@office.example"] = ["acc_kim"]
    invite(world, email="old@office.example", display_name="Olga Old")
    world.clock.advance(timedelta(days=14))
    invite(world)
    accepted = invite(world, email="kim@office.example", display_name="Kim Yes")
    gone = invite(world, email="rob@office.example", display_name="Rob Revoked")
    invite(world, email="nowhere@office.example", display_name="Nora Nowhere")
    visitor = world.browser("acc_kim", name="Kim Yes")
    visitor.open(f"/manage/join/{accepted['invitation_id']}")
    visitor.press("Yes, accept")
    world.api(subject=MEG).post(f"{INVITATIONS}/{gone['invitation_id']}/revocation")
    with world.context.transaction() as work:
        failed = update(notices).where(notices.c.recipient == "nowhere@office.example").values(state="failed")
        work.session.execute(failed)
    stands = {
        each["email"].split("@")[0]: each["standing"] for each in world.api().get(INVITATIONS).json()["invitations"]
    }
    assert stands == {"old": "expired", "ann": "pending", "kim": "accepted", "rob": "revoked", "nowhere": "bounced"}
    boss = world.browser(MEG)
    boss.open("/manage/invitations")
    for words in (
        "Waiting for their answer (1)",
        "Could not be delivered (1)",
        "Ended unanswered (1)",
        "Taken back (1)",
    ):
        assert words in boss.text
    boss.follow("Could not be delivered (1)")
    assert "Nora Nowhere" in boss.text and "Kim Yes" not in boss.text
    boss.follow("Nora Nowhere")
    assert "The e-mail could not be delivered" in boss.text


def test_a_manager_invites_writes_again_and_takes_back_on_pages(world: World, accounts: Accounts) -> None:
    """The whole life of an invitation with buttons; what was typed stays where something is missing."""
    boss = world.browser(MEG)
    boss.open("/manage/people/add")
    boss.fill("Full name", "Ann Lee")
    boss.press("Invite")
    assert boss.answer.status_code == 422
    assert "Enter the person’s e-mail address" in boss.text and "Choose at least one task" in boss.text
    boss.fill("E-mail address", "ann@office.example")
    boss.choose("Send claims")
    boss.choose("Dental")
    boss.press("Invite")
    assert "An e-mail goes to ann@office.example now." in boss.text and "Dental" in boss.text
    boss.press("Send the e-mail again")
    assert boss.answer.status_code == 429 and "An e-mail went out a moment ago" in boss.text
    world.clock.advance(timedelta(minutes=10))
    boss.press("Send the e-mail again")
    assert "Earlier links stay good" in boss.text
    boss.press("Take the invitation back")
    assert "Its links open nothing any more." in boss.text
    boss.open("/manage/invitations?standing=revoked")
    assert "Ann Lee" in boss.text


def test_the_form_copies_a_colleague_and_a_profile(world: World, accounts: Accounts) -> None:
    """`copy` ticks what a colleague may do, `profile` what a usual job takes; neither changes anything."""
    boss = world.browser(MEG)
    sam = (held(world, SAM) or {})["membership_id"]
    boss.open(f"/manage/people/add?copy={sam}")
    boss.fill("Full name", "Ann Lee")
    boss.fill("E-mail address", "ann@office.example")
    boss.press("Invite")
    found = world.api().get(INVITATIONS).json()["invitations"][0]
    assert sorted(found["functions"]) == sorted(FRONT_DESK)
    boss.open("/manage/people/add?profile=billing")
    boss.fill("Full name", "Bob Ray")
    boss.fill("E-mail address", "bob@office.example")
    boss.press("Invite")
    newest = next(one for one in world.api().get(INVITATIONS).json()["invitations"] if one["display_name"] == "Bob Ray")
    assert set(newest["functions"]) == {
        "eligibility.view", "claims.status.view", "claims.submit", "remittance.view", "fee-schedule.view"
    }  # fmt: skip


def test_whoever_has_access_is_not_invited(world: World, accounts: Accounts) -> None:
    """A member's address: 409 with where to change it; nothing is sent."""
    answer = world.api(subject=MEG).post(INVITATIONS, json={**ANN, "email": f"{SAM}@LAKESIDE.example"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-a-member")
    assert world.mails() == []


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"functions": []}, 422, "validation"),
        ({"functions": ["no.such"]}, 422, "unknown-function"),
        ({"email": "ann at office"}, 422, "validation"),
        ({"email": "ann@office.example\nBcc: eve@evil.example"}, 422, "validation"),
        ({"display_name": "Ann\r\nBcc: eve"}, 422, "validation"),
        ({"lines": ["vision"]}, 422, "validation"),
        ({"ends_at": "2026-11-23T14:59:59Z"}, 422, "end-in-the-past"),
        ({"state": "accepted"}, 422, "validation"),
        ({"invited_by": "acc_eve"}, 422, "validation"),
    ],
)
def test_what_cannot_be_invited_is_refused(
    world: World, accounts: Accounts, changes: dict[str, object], status: int, slug: str
) -> None:
    """Each fault has its name; no field sets what is not a caller's to set (threats 34 and 43)."""
    answer = world.api(subject=MEG).post(INVITATIONS, json={**ANN, **changes})
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert world.mails() == []


def test_another_practice_s_invitations_are_not_there(world: World, accounts: Accounts) -> None:
    """Threat 35: every door of a foreign invitation is 404, and nothing of it changes."""
    made = invite(world)
    foreign = world.api(subject="acc_bea")
    elsewhere = f"/api/access/v1/organizations/{OTHER}/invitations/{made['invitation_id']}"
    for one in (f"{INVITATIONS}/{made['invitation_id']}", elsewhere):
        assert foreign.get(one).status_code == 404
        assert foreign.post(f"{one}/letters").status_code == 404
        assert foreign.post(f"{one}/revocation").status_code == 404
    assert foreign.get(INVITATIONS).status_code == 404
    assert foreign.post(INVITATIONS, json=ANN).status_code == 404
    assert world.api(subject=SAM).post(INVITATIONS, json=ANN).status_code == 404
    page = world.browser("acc_bea", name="Bea Boss")
    page.open(f"/manage/invitations/{made['invitation_id']}")
    assert page.answer.status_code == 404
    assert world.api().get(f"{INVITATIONS}/{made['invitation_id']}").json()["standing"] == "pending"


def test_no_secret_is_kept_told_or_recorded(world: World, accounts: Accounts) -> None:
    """The link's secret lives in the letter alone: hashed with a key at rest, in no event, audit entry or answer."""
    made = invite(world)
    secret = link_to(world).partition("token=")[2]
    assert len(secret) >= 43  # 256 bits
    with world.context.reading() as session:
        hashes = list(session.scalars(select(InvitationLink.secret_hash)))
        events = "".join(str(body) for body in session.scalars(select(outbox.c.body)))
    assert len(hashes) == 1 and secret not in hashes[0]
    told = json.dumps(made) + events + world.api().get(f"{BASE}/history").text + world.api().get(INVITATIONS).text
    assert secret not in told


def test_invitations_of_a_year_ago_are_forgotten(world: World, accounts: Accounts) -> None:
    """Addresses of people who never came are not kept for ever; the job is one of the worker's."""
    invite(world)
    job = next(each for each in SERVICE.jobs if each.name == "invitations-housekeeping")
    world.clock.advance(timedelta(days=378))
    assert job.run(world.context) == 0
    world.clock.advance(timedelta(days=2))
    assert job.run(world.context) == 1
    with world.context.reading() as session:
        assert session.scalars(select(InvitationLink)).all() == []
        assert invitations.listed(session, CLINIC) == []
