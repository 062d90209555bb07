"""G16, G17: nobody becomes a manager without accepting; where there are two managers, neither changes that alone."""

from datetime import timedelta

import pytest

from tests.service.access_manager.second_words import BASE, MAX, NED, audited, id_of, proposed, says, seated
from tests.service.access_manager.world import MEG, MONDAY, OTHER, SAM, World, clinic, manager, member

FORTNIGHT = timedelta(days=14)


@pytest.fixture
def sole(world: World) -> World:
    """A clinic with one manager and two members."""
    world.seed(clinic(manager(), member(), member(NED, "Ned New")))
    return world


@pytest.fixture
def paired(world: World) -> World:
    """A clinic with two managers and two members."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member(), member(NED, "Ned New")))
    return world


def test_until_the_other_side_accepts_nothing_changes(sole: World) -> None:
    """G16: a sole manager asks, the member accepts, and only then is a manager."""
    before = len(sole.published())
    made = proposed(sole).json()
    assert (made["state"], made["missing"], len(sole.published())) == ("open", ["acceptance"], before)
    assert seated(sole) == {MEG}
    assert sole.api(subject=SAM).get(f"{BASE}/members").status_code == 404
    assert says(sole, SAM, made, "acceptance").json()["state"] == "carried_out"
    assert seated(sole) == {MEG, SAM}
    assert sole.api(subject=SAM).get(f"{BASE}/members").status_code == 200


def test_the_other_side_accepts_with_a_fresh_sign_in_by_two_factors(sole: World) -> None:
    """G16, ASVS 7.5.3: a password alone, or a sign-in of long ago, is asked to step up, and nothing changes."""
    made = proposed(sole).json()
    path = f"{BASE}/proposals/{made['proposal_id']}/acceptance"
    weak = sole.api(subject=SAM, acr="urn:gatehouse:acr:1").post(path)
    old = sole.api(subject=SAM, auth_time=int((MONDAY - timedelta(hours=2)).timestamp())).post(path)
    for refused in (weak, old):
        assert (refused.status_code, refused.json()["type"]) == (401, "/problems/step-up-required")
    assert seated(sole) == {MEG}


@pytest.mark.parametrize("first", ["acceptance", "approval"])
def test_where_there_are_two_managers_the_first_word_leaves_it_pending(paired: World, first: str) -> None:
    """G17: acceptance and a second manager's approval, in whatever order; the second word carries it out."""
    made = proposed(paired).json()
    assert made["missing"] == ["acceptance", "approval"]
    words = {"acceptance": SAM, "approval": MAX}
    pending = says(paired, words[first], made, first).json()
    assert (pending["state"], len(pending["missing"])) == ("open", 1)
    assert seated(paired) == {MEG, MAX}
    [second] = words.keys() - {first}
    assert says(paired, words[second], made, second).json()["state"] == "carried_out"
    assert seated(paired) == {MEG, MAX, SAM}


def test_who_proposed_it_is_not_the_second_manager(paired: World) -> None:
    """G5, G17: `self-approval`, and it stays pending."""
    made = proposed(paired).json()
    says(paired, SAM, made, "acceptance")
    refused = says(paired, MEG, made, "approval")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/self-approval")
    assert seated(paired) == {MEG, MAX}


def test_another_managers_role_ends_when_a_second_manager_agrees(world: World) -> None:
    """G17: by a proposal, whichever door it came through; the one it is about may agree too."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), manager(NED, "Ned New")))
    answer = world.api(subject=MEG).delete(f"{BASE}/managers/{id_of(world, MAX)}")
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{BASE}/proposals/{answer.json()['proposal_id']}"
    assert seated(world) == {MEG, MAX, NED}
    assert says(world, NED, answer.json(), "approval").status_code == 200
    assert seated(world) == {MEG, NED}


def test_a_removal_is_no_way_around_it(paired: World) -> None:
    """G17: another manager's access is not removed by one alone; one's own is, while others remain."""
    refused = paired.api(subject=MEG).post(f"{BASE}/members/{id_of(paired, MAX)}/removal", json={"reason": "left"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/manager-role-first")
    assert seated(paired) == {MEG, MAX}
    own = paired.api(subject=MEG).post(f"{BASE}/members/{id_of(paired, MEG)}/removal", json={})
    assert own.status_code == 200
    assert seated(paired) == {MAX}


def test_stepping_down_stays_one_act(paired: World) -> None:
    """While others remain; nobody else's word is needed to leave."""
    assert paired.api(subject=MEG).delete(f"{BASE}/managers/{id_of(paired, MEG)}").json()["role"] == "member"
    assert seated(paired) == {MAX}


def test_a_sole_manager_hands_over_in_one_act(sole: World) -> None:
    """G16: the successor accepts, and in that transaction one is seated and the other steps down; never none."""
    made = proposed(sole, kind="hand_over").json()
    assert seated(sole) == {MEG}
    assert says(sole, SAM, made, "acceptance").json()["state"] == "carried_out"
    assert seated(sole) == {SAM}
    assert sole.api(subject=MEG).get(f"{BASE}/members").status_code == 404
    counts = [event.data["count"] for event in sole.published("manager.changed")]
    assert counts == [1, 2, 1]


def test_one_of_fifteen_hands_over_and_there_are_never_sixteen(world: World) -> None:
    """G1, G16: at the maximum the one leaves before the other comes."""
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15)), member()))
    made = proposed(world, kind="hand_over", by="acc_0").json()
    says(world, "acc_1", made, "approval")
    assert says(world, SAM, made, "acceptance").json()["state"] == "carried_out"
    assert seated(world) == {SAM, *(f"acc_{n}" for n in range(1, 15))}
    assert max(int(str(event.data["count"])) for event in world.published("manager.changed")) == 15


def test_a_proposal_ends_by_itself_after_fourteen_days(sole: World) -> None:
    """To the instant, without a job; then it may be proposed again."""
    made = proposed(sole).json()
    sole.clock.freeze(MONDAY + FORTNIGHT)
    refused = says(sole, SAM, made, "acceptance")
    assert (refused.status_code, refused.json()["type"], refused.json()["state"]) == (
        409,
        "/problems/proposal-over",
        "expired",
    )
    assert seated(sole) == {MEG}
    assert sole.api(subject=MEG).get(f"{BASE}/proposals").json() == {"proposals": []}
    again = proposed(sole).json()
    sole.clock.freeze(MONDAY + 2 * FORTNIGHT - timedelta(seconds=1))
    assert says(sole, SAM, again, "acceptance").status_code == 200


@pytest.mark.parametrize("who", [SAM, MAX])
def test_either_side_says_no_with_a_reason(paired: World, who: str) -> None:
    """The proposer is told why; nothing leads out of a no."""
    made = proposed(paired).json()
    mails = len(paired.mails())
    assert says(paired, who, made, "decline").status_code == 422
    declined = says(paired, who, made, "decline", reason="not_wanted").json()
    assert (declined["state"], declined["reason"], declined["closed_by"]) == ("declined", "not_wanted", who)
    told = {mail.recipient: mail.body for mail in paired.mails()[mails:]}
    assert "Reason: I do not want this" in told["acc_meg@lakeside.example"]
    assert says(paired, SAM, made, "acceptance").json()["type"] == "/problems/proposal-over"
    assert says(paired, MAX, made, "approval").status_code == 409
    assert seated(paired) == {MEG, MAX}


def test_who_proposed_it_withdraws_it_and_nobody_else(paired: World) -> None:
    """The other manager declines instead; a program may withdraw, for the desk."""
    made = proposed(paired).json()
    assert says(paired, MAX, made, "withdrawal").json()["type"] == "/problems/not-the-proposer"
    assert says(paired, MEG, made, "decline", reason="other").json()["type"] == "/problems/self-approval"
    assert says(paired, MEG, made, "withdrawal").json()["state"] == "withdrawn"
    assert says(paired, None, proposed(paired).json(), "withdrawal").json()["state"] == "withdrawn"
    assert seated(paired) == {MEG, MAX}


def test_a_word_counts_once(paired: World) -> None:
    """Given again it says so, and carries nothing out twice."""
    made = proposed(paired).json()
    assert says(paired, SAM, made, "acceptance").status_code == 200
    again = says(paired, SAM, made, "acceptance")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-so")
    says(paired, MAX, made, "approval")
    assert says(paired, MAX, made, "approval").json()["type"] == "/problems/proposal-over"
    assert len(audited(paired, "proposal.approved")) == 1


def test_a_proposal_falls_with_the_seat_of_who_made_it(paired: World) -> None:
    """Whoever was removed decides nothing, not even by what they left behind."""
    made = proposed(paired).json()
    says(paired, SAM, made, "acceptance")
    paired.api().delete(f"{BASE}/managers/{id_of(paired, MEG)}")
    refused = says(paired, MAX, made, "approval")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/proposer-gone")
    assert seated(paired) == {MAX}


def test_the_rules_are_asked_again_at_the_last_word(world: World) -> None:
    """Fifteen sit by then, or the person has left: refused, nothing kept of the word."""
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(14)), member(), member(NED, "Ned New")))
    made = proposed(world, by="acc_0").json()
    says(world, "acc_1", made, "approval")
    world.api().put(f"{BASE}/managers/{id_of(world, NED)}")
    refused = says(world, SAM, made, "acceptance")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-managers")
    world.api().delete(f"{BASE}/managers/{id_of(world, NED)}")
    world.api().post(f"{BASE}/members/{id_of(world, SAM)}/removal", json={})
    assert says(world, SAM, made, "acceptance").json()["type"] == "/problems/not-a-member"
    assert len(seated(world)) == 14


@pytest.mark.parametrize(
    ("account", "kind", "problem"),
    [
        (MAX, "seat", "already-a-manager"),
        (MAX, "hand_over", "already-a-manager"),
        (SAM, "unseat", "not-a-manager"),
        (SAM, "functions", "already-so"),
    ],
)
def test_what_could_not_be_carried_out_is_not_proposed(paired: World, account: str, kind: str, problem: str) -> None:
    """Said at once, and no mail is sent."""
    mails = len(paired.mails())
    refused = proposed(paired, account, kind)
    assert (refused.status_code, refused.json()["type"]) == (409, f"/problems/{problem}")
    assert len(paired.mails()) == mails


def test_the_same_is_proposed_once(paired: World) -> None:
    """The second answer names the open one."""
    made = proposed(paired).json()
    again = proposed(paired, by=MAX)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-proposed")
    assert again.json()["proposal_id"] == made["proposal_id"]


def test_a_program_acts_at_once_and_says_nobodys_word(paired: World) -> None:
    """The desk answers for its own acts; it neither proposes nor stands in for a second manager."""
    assert proposed(paired, by=None).json()["type"] == "/problems/people-only"
    made = proposed(paired).json()
    assert says(paired, None, made, "approval").json()["type"] == "/problems/people-only"
    assert says(paired, None, made, "decline", reason="other").json()["type"] == "/problems/people-only"
    assert says(paired, None, made, "acceptance").status_code == 404
    assert paired.api().put(f"{BASE}/managers/{id_of(paired, NED)}").json()["role"] == "manager"


@pytest.mark.parametrize("who", [NED, "acc_bo", "acc_stranger"])
def test_nobody_else_sees_or_answers_it(paired: World, who: str) -> None:
    """G2: another member, a manager of another practice, a stranger: 404, and nothing changes."""
    paired.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    made = proposed(paired).json()
    client = paired.api(subject=who)
    assert client.get(f"{BASE}/proposals").status_code == 404
    assert client.get(f"{BASE}/proposals/{made['proposal_id']}").status_code == 404
    for word in ("acceptance", "approval", "withdrawal"):
        assert says(paired, who, made, word).status_code == 404
    assert says(paired, who, made, "decline", reason="other").status_code == 404
    elsewhere = f"/api/access/v1/organizations/{OTHER}/proposals/{made['proposal_id']}"
    assert paired.api(subject="acc_bo").post(f"{elsewhere}/approval").status_code == 404
    assert paired.api(subject=SAM).get(elsewhere).status_code == 404
    assert seated(paired) == {MEG, MAX}


def test_everybody_whose_word_is_missing_is_written_to(paired: World) -> None:
    """The person and the other manager, each once; the link opens, and changes nothing. Then all learn what became."""
    mails = len(paired.mails())
    made = proposed(paired).json()
    asked = {mail.recipient: mail.body for mail in paired.mails()[mails:]}
    assert set(asked) == {"acc_sam@lakeside.example", "acc_max@lakeside.example"}
    assert all(f"/manage/proposals/{made['proposal_id']}" in body for body in asked.values())
    mails = len(paired.mails())
    says(paired, SAM, made, "acceptance")
    says(paired, MAX, made, "approval")
    told = {mail.recipient for mail in paired.mails()[mails:]}
    assert told == {f"acc_{each}@lakeside.example" for each in ("meg", "max", "sam")}


def test_the_audit_names_who_said_what(paired: World) -> None:
    """Making, acceptance, approval, and the seat with whoever had the last word on behalf of who proposed."""
    made = proposed(paired).json()
    says(paired, SAM, made, "acceptance")
    says(paired, MAX, made, "approval")
    acts = [(each.action, each.actor) for each in audited(paired, "manager.proposed")]
    acts += [(each.action, each.actor) for each in audited(paired, "proposal.accepted")]
    acts += [(each.action, each.actor) for each in audited(paired, "proposal.approved")]
    assert acts == [("manager.proposed", MEG), ("proposal.accepted", SAM), ("proposal.approved", MAX)]
    seat = audited(paired, "membership.changed")[-1]
    assert (seat.target, seat.actor, seat.on_behalf_of, seat.after["role"]) == (SAM, MAX, MEG, "manager")
