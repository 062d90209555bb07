"""Proposing and answering through the JSON API, for the tests of what takes a second word."""

from typing import Any

import httpx

from shared.db.floor import audit_entries
from tests.service.access_manager.world import CLINIC, MEG, SAM, World

BASE = f"/api/access/v1/organizations/{CLINIC}"
MAX, NED = "acc_max", "acc_ned"


def id_of(world: World, account: str) -> str:
    """Return the membership of an account at the clinic."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return str(next(each["membership_id"] for each in members if each["account_id"] == account))


def proposed(world: World, account: str = SAM, kind: str = "seat", by: str | None = MEG, **more: Any) -> httpx.Response:
    """Propose something about a member."""
    body = {"kind": kind, "membership_id": id_of(world, account), **more}
    return world.api(subject=by).post(f"{BASE}/proposals", json=body)


def says(world: World, who: str | None, made: Any, word: str, **body: Any) -> httpx.Response:
    """Answer a proposal: `acceptance`, `approval`, `decline` or `withdrawal`."""
    path = f"{BASE}/proposals/{made['proposal_id']}/{word}"
    return world.api(subject=who).post(path, json=body or None)


def seated(world: World) -> set[str]:
    """Return who manages the clinic."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return {each["account_id"] for each in members if each["role"] == "manager"}


def held(world: World, account: str) -> set[str]:
    """Return what an account may do at the clinic."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return set(next(each["functions"] for each in members if each["account_id"] == account))


def audited(world: World, action: str) -> list[Any]:
    """Return the audit's entries of an action, in order."""
    wanted = audit_entries.select().where(audit_entries.c.action == action).order_by(audit_entries.c.number)
    with world.context.reading() as session:
        return list(session.execute(wanted))
