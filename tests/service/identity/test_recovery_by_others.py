"""Started by an access manager or by the desk: a link to the person's own address, and nobody else sees a secret."""

import httpx
import pytest
from sqlalchemy import text, update

from identity.accounts import service as accounts
from identity.contacts.models import ContactPoint
from identity.demo import Someone
from identity.mfa import service as mfa
from identity.recovery import service
from tests.service.identity.recoveries import (
    ANA,
    CLINIC,
    EVIDENCE,
    MAX,
    NEW_PASSWORD,
    OTHER,
    actions,
    by_desk,
    choose_password,
    link_to,
    messages,
    staffed,
    start,
    subjects,
)
from tests.service.identity.world import MEG, OLA, PASSWORD, PAT, SECRET, World, membership, type_password


@pytest.fixture
def clinic(world: World) -> dict[str, str]:
    """Meg and Max manage the clinic, Pat and Ana work there; account ids by user ID."""
    return staffed(world)


def test_a_manager_starts_it_and_the_link_goes_to_the_member(world: World, clinic: dict[str, str]) -> None:
    """The answer holds a masked address and no secret; the mail goes to the member alone (C4)."""
    answer = start(world, clinic[PAT.user_id], clinic[MEG.user_id])
    assert (answer.status_code, answer.json()) == (202, {"sent_to": "p***@l***.example"})
    link = link_to(world, PAT.email)
    token = link.partition("token=")[2]
    assert len(token) > 40 and token not in answer.text
    assert not any("/recover/link" in str(each.body) for each in messages(world) if each.recipient != PAT.email)
    visitor = world.browser()
    visitor.open(link)
    visitor.press("Go on")
    choose_password(visitor)
    fresh = world.browser()
    type_password(fresh, PAT.user_id, NEW_PASSWORD)
    assert "/login" not in fresh.address
    assert "Somebody is helping you to sign in" in subjects(world, PAT.email)
    assert actions(world, clinic[PAT.user_id]) == ["recovery.started", "recovery.proved", "recovery.completed"]


def test_who_started_it_stands_in_the_audit_and_no_secret_does(world: World, clinic: dict[str, str]) -> None:
    """Manager and organization are named; neither link nor address is (ASVS 16.2.5)."""
    start(world, clinic[PAT.user_id], clinic[MEG.user_id])
    with world.context.reading() as session:
        rows = session.execute(text("SELECT * FROM audit_entries WHERE action = 'recovery.started'")).all()
        everything = repr(session.execute(text("SELECT * FROM audit_entries")).all())
    [row] = rows
    assert clinic[MEG.user_id] in repr(row) and row.organization == CLINIC
    assert link_to(world, PAT.email).partition("token=")[2] not in everything and PAT.email not in everything


def test_a_manager_s_start_does_not_get_round_the_member_s_second_factor(world: World, clinic: dict[str, str]) -> None:
    """Manager and mailbox together are not enough where an app is bound (ASVS 6.4.3)."""
    start(world, clinic[ANA.user_id], clinic[MEG.user_id])
    visitor = world.browser()
    visitor.open(link_to(world, ANA.email))
    visitor.press("Go on")
    assert visitor.address.endswith("/recover/prove")
    visitor.fill("6-digit code from your authenticator app", world.code(SECRET))
    visitor.press("Continue")
    choose_password(visitor)
    assert visitor.address.endswith("/recover/done")


def test_people_of_another_organization_do_not_exist_for_a_manager(world: World, clinic: dict[str, str]) -> None:
    """Foreign member, foreign manager, unknown account, removed member: the same 404, and no mail (C4, threat 35)."""
    stranger, boss = world.seed(
        Someone("sid.stranger", PASSWORD, "Sid", "sid@harbor.example", active=True),
        Someone("bea.boss", PASSWORD, "Bea", "bea@harbor.example", active=True),
    )
    harbor = {"id": OTHER, "name": "Harbor Dental", "kind": "practice", "contracted": True, "tin_last4": "9876"}
    for number, (account, role) in enumerate(((stranger, "member"), (boss, "manager"))):
        held = membership(account, membership_id=f"mbr_h{number}", role=role, organization=harbor)
        world.tell("membership.granted", held)
    gone = membership(clinic[PAT.user_id], membership_id="mbr_2", status="removed", functions=[])
    before = len(messages(world))
    tried = [
        start(world, stranger, clinic[MEG.user_id]),
        start(world, stranger, clinic[MEG.user_id], OTHER),
        start(world, clinic[PAT.user_id], boss),
        start(world, clinic[PAT.user_id], boss, OTHER),
        start(world, "acc_nobody", clinic[MEG.user_id]),
        start(world, clinic[PAT.user_id], clinic[ANA.user_id]),
    ]
    world.tell("membership.removed", gone, sequence=2)
    tried.append(start(world, clinic[PAT.user_id], clinic[MEG.user_id]))
    told = {(one.status_code, one.json()["type"], one.json()["detail"]) for one in tried}
    assert len(told) == 1 and {one.status_code for one in tried} == {404}
    assert len(messages(world)) == before


def test_a_manager_is_never_helped_by_another_manager(world: World, clinic: dict[str, str]) -> None:
    """Nor by themselves, nor where they manage elsewhere: that is the desk's (C6)."""
    tried = [
        start(world, clinic[MAX.user_id], clinic[MEG.user_id]),
        start(world, clinic[MEG.user_id], clinic[MEG.user_id]),
    ]
    elsewhere = {"id": OTHER, "name": "Harbor Dental", "kind": "practice", "contracted": True, "tin_last4": "9876"}
    held = membership(clinic[PAT.user_id], membership_id="mbr_e", role="manager", organization=elsewhere)
    world.tell("membership.granted", held)
    tried.append(start(world, clinic[PAT.user_id], clinic[MEG.user_id]))
    assert {(one.status_code, one.json()["type"]) for one in tried} == {(409, "/problems/recovery-by-desk")}
    assert not any("/recover/link" in str(each.body) for each in messages(world))


def test_an_organization_s_only_manager_is_helped_by_the_desk_with_evidence(world: World) -> None:
    """A case with what the desk has seen; who, why and what stand in the audit (C6)."""
    (meg,) = world.seed(MEG)
    world.tell("membership.granted", membership(meg, role="manager"))
    assert start(world, meg, meg).status_code == 409
    with pytest.raises(ValueError, match="what it has seen"):
        by_desk(world, meg, evidence=" ")
    started = by_desk(world, meg)
    assert isinstance(started, service.Started) and started.masked == "m***@l***.example"
    with world.context.reading() as session:
        query = "SELECT reason FROM audit_entries WHERE action = 'recovery.started'"
        assert session.execute(text(query)).scalar_one() == EVIDENCE
    visitor = world.browser()
    visitor.open(link_to(world, MEG.email))
    visitor.press("Go on")
    choose_password(visitor)
    assert "Your password is changed, and what you lost is removed" in visitor.text
    with world.context.reading() as session:
        assert not mfa.enrolled(session, meg)


def test_the_desk_may_help_with_the_factor_alone(world: World) -> None:
    """The password stays; what is lost goes, after the person has said so (ASVS 6.4.6)."""
    (ola,) = world.seed(Someone("olaf.op", PASSWORD, "Olaf", "olaf@payer.example", None, "staff", SECRET, "operator"))
    by_desk(world, ola, "factor")
    visitor = world.browser()
    visitor.open(link_to(world, "olaf@payer.example"))
    visitor.press("Go on")
    assert visitor.address.endswith("/recover/remove")
    visitor.press("Remove them all")
    assert "What you lost is removed" in visitor.text
    again = world.browser()
    type_password(again, "olaf.op", PASSWORD)
    assert "/login/enrol" in again.address


def test_the_desk_chooses_only_among_three(world: World) -> None:
    """Nothing else can be asked of it."""
    (ola,) = world.seed(OLA)
    with pytest.raises(ValueError, match="everything"):
        by_desk(world, ola, "everything")


def test_nobody_without_a_usable_address_is_sent_anything(world: World, clinic: dict[str, str]) -> None:
    """No address, or an account on hold: the desk must see to that first."""
    with world.context.transaction() as work:
        mine = ContactPoint.account_id == clinic[ANA.user_id]
        work.session.execute(update(ContactPoint).where(mine).values(trusted_from=None))
        accounts.suspend(work, clinic[PAT.user_id], "reported")
    for user_id in (ANA.user_id, PAT.user_id):
        answer = start(world, clinic[user_id], clinic[MEG.user_id])
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-usable-address")
        assert isinstance(by_desk(world, clinic[user_id]), service.Unreachable)
    assert isinstance(by_desk(world, "acc_nobody"), service.Unreachable)


def test_the_api_takes_its_two_fields_and_its_scope(world: World, clinic: dict[str, str]) -> None:
    """No other scope, no extra field: what is recovered and by whom is not for callers to add (threat 34)."""
    path = f"/api/identity/v1/accounts/{clinic[PAT.user_id]}/recoveries"
    assert world.api("accounts.read").post(path, json={}).status_code == 403
    assert start(world, clinic[PAT.user_id], clinic[MEG.user_id], aim="both").status_code == 422
    assert start(world, clinic[PAT.user_id], clinic[MEG.user_id], password="x").status_code == 422
    assert (
        httpx.Client(transport=httpx.WSGITransport(app=world.app), base_url=world.origin)
        .post(path, json={})
        .status_code
        == 401
    )


def test_the_desk_s_programs_have_a_door_of_their_own(world: World, clinic: dict[str, str]) -> None:
    """What and why are said, the link goes to the person, a manager's scope is not enough (C6, ASVS 6.4.6)."""
    path = f"/api/identity/v1/accounts/{clinic[MEG.user_id]}/recoveries/desk"
    body = {"aim": "both", "evidence": EVIDENCE}
    desk = world.api("accounts.manage", client="desk-tool")
    assert world.api("accounts.recover", client="access-manager").post(path, json=body).status_code == 403
    for wrong in (
        {"aim": "both"},
        {**body, "aim": "everything"},
        {**body, "evidence": "  "},
        {**body, "password": "x"},
    ):
        assert desk.post(path, json=wrong).status_code == 422
    assert desk.post(path.replace(clinic[MEG.user_id], "acc_nobody"), json=body).status_code == 404
    answer = desk.post(path, json=body)
    assert (answer.status_code, answer.json()) == (202, {"sent_to": "m***@l***.example"})
    visitor = world.browser()
    visitor.open(link_to(world, MEG.email))
    visitor.press("Go on")
    assert visitor.address.endswith("/recover/new-password")


def test_who_did_not_ask_is_told_what_to_do(world: World, clinic: dict[str, str]) -> None:
    """Every address hears of it at the start and at the end, with whom to call (SP 800-63B-4 §4.2.3, §4.6)."""
    start(world, clinic[PAT.user_id], clinic[MEG.user_id])
    told = [str(each.body) for each in messages(world, PAT.email) if "helping you" in str(each.subject)]
    assert len(told) == 1 and "Nothing has changed yet" in told[0] and "call the support desk at once" in told[0]
