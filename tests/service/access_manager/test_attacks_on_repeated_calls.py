"""Threat 35 at `Idempotency-Key`: an answer is kept for whoever got it, not for who guesses or shares the key."""

from tests.service.access_manager.world import CLINIC, MEG, SAM, World, clinic, manager, member

MINE = "/api/access/v1/me/access-requests"
KEY = {"Idempotency-Key": "the-portal-counts-from-one-1"}


def test_attack_35_another_person_of_the_same_portal_with_the_same_key(world: World) -> None:
    """Threat 35: two people, one client, one key, one body: each has a request of their own and sees no other."""
    world.seed(clinic(manager(), member(), member("acc_sue", "Sue Staff")))
    body = {"organization_id": CLINIC, "functions": ["remittance.view"]}
    sams = world.api(subject=SAM).post(MINE, json=body, headers=KEY)
    sues = world.api(subject="acc_sue").post(MINE, json=body, headers=KEY)
    assert sams.is_success and sues.is_success
    assert "Idempotency-Replayed" not in sues.headers
    assert sams.json()["request_id"] != sues.json()["request_id"]
    again = world.api(subject=SAM).post(MINE, json=body, headers=KEY)
    assert again.headers["Idempotency-Replayed"] == "true" and again.json() == sams.json()


def test_attack_35_a_key_is_no_way_past_a_lost_scope(world: World) -> None:
    """Threat 35, ASVS 8.3.2: the kept answer is behind the same door as the call was."""
    world.seed(clinic(manager(), member()))
    path = f"/api/access/v1/organizations/{CLINIC}/invitations"
    body = {"display_name": "Ann", "email": "ann@lakeside.example", "functions": ["claims.submit"]}
    assert world.api(subject=MEG).post(path, json=body, headers=KEY).is_success
    assert world.api("access.read", subject=MEG).post(path, json=body, headers=KEY).status_code == 403
    stranger = world.api(subject="acc_stranger").post(path, json=body, headers=KEY)
    assert stranger.status_code == 404 and "Idempotency-Replayed" not in stranger.headers
