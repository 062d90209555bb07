"""Who may invite, and whom: deputies within their scope, limited managers within their lines, two managers where asked.

The rules are those of every change of access; here they meet invitations and lists (G2, G9, G14, G17).
"""

from datetime import timedelta

import pytest

from tests.service.access_manager.invited import BASE, BATCHES, INVITATIONS, acts, held, invite
from tests.service.access_manager.world import MEG, SAM, World, clinic, manager, member

MAX, DAN, DEE = "acc_max", "acc_dan", "acc_dee"
ROW = {"name": "Ann Lee", "email": "ann@office.example", "functions": ["claims.submit"]}
WISH = {"display_name": "Ann Lee", "email": "ann@office.example", "functions": ["claims.submit"]}


@pytest.fixture
def house(world: World) -> World:
    """Two managers, one of dental only; a member, and one who may become a deputy."""
    people = (manager(), manager(MAX, "Max Manager"), member(), member(DAN, "Dan Deputy"), member(DEE, "Dee Dental"))
    world.seed(clinic(*people))
    dee = (held(world, DEE) or {})["membership_id"]
    assert world.api().put(f"{BASE}/members/{dee}/lines", json={"lines": ["dental"]}).status_code == 200
    assert world.api().put(f"{BASE}/managers/{dee}").status_code == 200
    return world


def name_deputy(world: World, *scopes: str) -> None:
    """Meg names Dan for a week."""
    body = {
        "membership_id": (held(world, DAN) or {})["membership_id"],
        "scopes": list(scopes),
        "ends_at": (world.clock.now() + timedelta(days=7)).isoformat(),
    }
    answer = world.api(subject=MEG).post(f"{BASE}/deputies", json=body)
    assert answer.status_code in (200, 201), answer.text


def test_g9_a_deputy_for_people_invites_on_behalf_of_their_manager(house: World) -> None:
    """By API and on the pages, lists included; the history names both; after the period nothing of it is left."""
    name_deputy(house, "people")
    dan = house.api(subject=DAN)
    assert dan.post(INVITATIONS, json=WISH).status_code == 201
    newest = house.api().get(f"{BASE}/history").json()["entries"][0]
    assert (newest["action"], newest["actor"], newest["on_behalf_of"]) == ("invitation.made", DAN, MEG)
    assert dan.post(BATCHES, json={"kind": "add", "rows": [{**ROW, "email": "bob@office.example"}]}).status_code == 200
    page = house.browser(DAN, name="Dan Deputy")
    page.open("/manage/invitations")
    assert "Ann Lee" in page.text
    house.clock.advance(timedelta(days=7))
    assert house.api(subject=DAN).get(INVITATIONS).status_code == 404
    assert house.api(subject=DAN).post(INVITATIONS, json=WISH).status_code == 404


def test_g9_a_deputy_for_requests_only_invites_nobody(house: World) -> None:
    """403 by every door of invitations and lists, and nothing is written."""
    name_deputy(house, "requests")
    dan = house.api(subject=DAN)
    for answer in (
        dan.get(INVITATIONS),
        dan.post(INVITATIONS, json=WISH),
        dan.post(BATCHES, json={"kind": "add", "rows": [ROW]}),
        dan.post(BATCHES, json={"kind": "add", "rows": [ROW], "dry_run": True}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/deputy-beyond")
    page = house.browser(DAN, name="Dan Deputy")
    for address in ("/manage/invitations", "/manage/people/add", "/manage/people/add/several", "/manage/people/remove"):
        page.open(address)
        assert page.answer.status_code == 403, address
    assert house.api().get(INVITATIONS).json()["invitations"] == []


def test_g9_a_deputy_never_removes_a_manager_by_a_list(house: World) -> None:
    """What lies between managers stays there, in a list too."""
    name_deputy(house, "people")
    rows = [{"email": f"{who}@lakeside.example"} for who in (MAX, SAM)]
    told = house.api(subject=DAN).post(BATCHES, json={"kind": "remove", "rows": rows, "reason": "left"}).json()
    assert acts(told) == ["fault", "remove"] and held(house, MAX) is not None


def test_g2_a_limited_manager_invites_within_their_lines(house: World) -> None:
    """Unnamed lines mean their own; others are refused, one by one and in a list; others' invitations are not there."""
    dee = house.api(subject=DEE)
    assert dee.post(INVITATIONS, json=WISH).json()["lines"] == ["dental"]
    wider = dee.post(INVITATIONS, json={**WISH, "lines": ["dental", "medical"]})
    assert (wider.status_code, wider.json()["type"]) == (403, "/problems/beyond-lines")
    listed = dee.post(
        BATCHES, json={"kind": "add", "rows": [{**ROW, "email": "x@office.example", "lines": ["medical"]}]}
    )
    assert listed.json()["rows"][0]["fault"]["slug"] == "beyond-lines"
    medical = invite(house, email="kim@office.example", lines=["medical"])
    assert [each["email"] for each in dee.get(INVITATIONS).json()["invitations"]] == ["ann@office.example"]
    for path in ("", "/letters", "/revocation"):
        address = f"{INVITATIONS}/{medical['invitation_id']}{path}"
        assert (dee.post(address) if path else dee.get(address)).status_code == 404


def test_g2_a_limited_manager_s_list_reaches_nobody_else(house: World) -> None:
    """Members of other lines are neither changed nor removed, and the answer does not tell that they exist."""
    dee = house.api(subject=DEE)
    rows = [{"email": f"{SAM}@lakeside.example"}, {"email": "nobody@lakeside.example"}]
    removed = dee.post(BATCHES, json={"kind": "remove", "rows": rows, "reason": "left"}).json()
    assert [row["fault"]["slug"] for row in removed["rows"]] == ["not-a-member", "not-a-member"]
    assert held(house, SAM) is not None


def test_g17_sensitive_functions_need_the_second_manager_in_invitations_too(house: World) -> None:
    """Where two must agree, one cannot go round it by an invitation or a list; plain functions go as before."""
    assert house.api(subject=MEG).put(f"{BASE}/four-eyes", json={"sensitive_functions": True}).status_code == 200
    boss = house.api(subject=MEG)
    alone = boss.post(INVITATIONS, json={**WISH, "functions": ["payment.manage"]})
    assert (alone.status_code, alone.json()["type"]) == (409, "/problems/needs-second-manager")
    rows = [
        {**ROW, "functions": ["payment.manage"]},
        {"email": f"{SAM}@lakeside.example", "functions": ["clinical.view"]},
    ]
    told = boss.post(BATCHES, json={"kind": "add", "rows": rows}).json()
    assert {row["fault"]["slug"] for row in told["rows"]} == {"needs-second-manager"}
    assert boss.post(INVITATIONS, json=WISH).status_code == 201


def test_a_program_with_the_scope_invites_for_any_organization(house: World) -> None:
    """The payer's own systems: named by their id, not as somebody of the practice."""
    made = house.api().post(INVITATIONS, json=WISH)
    assert made.status_code == 201 and made.json()["invited_by"] == "suite-service"
    assert house.api("access.read").post(INVITATIONS, json=WISH).status_code == 403


def test_a_person_needs_a_fresh_strong_sign_in_to_invite(house: World) -> None:
    """One factor, or a sign-in of hours ago, reads the list and changes nothing (ASVS 7.5.3)."""
    now = int(house.clock.now().timestamp())
    weak = house.api(subject=MEG, acr="urn:gatehouse:acr:1")
    old = house.api(subject=MEG, auth_time=now - 3700)
    for caller in (weak, old):
        assert caller.post(INVITATIONS, json=WISH).status_code == 401
        assert caller.post(BATCHES, json={"kind": "add", "rows": [ROW]}).status_code == 401
    assert house.api().get(INVITATIONS).json()["invitations"] == []
