"""Identity's side of invitations, standing in: whose an address is, and accounts made for who has none."""

import re
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import func, select

from access_manager.adding.models import Batch
from access_manager.invitations.joining.answering import answer
from access_manager.invitations.models import Invitation
from shared.db.floor import audit_entries, notices, outbox
from tests.service.access_manager.world import CLINIC, MEG, ORIGIN, OTHER, PAT, World, clinic, manager, member

BASE = f"/api/access/v1/organizations/{CLINIC}"
INVITATIONS, BATCHES = f"{BASE}/invitations", f"{BASE}/batches"
NEW = "acc_new"
TASKS = ["claims.status.view", "claims.submit"]
ANN = {
    "display_name": "Ann Lee",
    "email": "ann@office.example",
    "functions": ["claims.status.view", "claims.submit"],
}


class Accounts:
    """`owned`: address → accounts that proved it. `away`: identity does not answer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.owned: dict[str, list[str]] = {}
        self.made: list[dict[str, Any]] = []
        self.away = False
        add = world.identity.app.add_url_rule
        add("/api/identity/v1/accounts/at-address", view_func=self._owners, methods=["POST"])
        add("/api/identity/v1/accounts", view_func=self._make, methods=["POST"])

    def take(self, account_id: str = NEW, status: str = "pending") -> None:
        """The person chooses user ID and password: identity tells that the account is theirs."""
        made = self.made[-1]
        self.owned.setdefault(made["email"].casefold(), []).append(account_id)
        data = {"account_id": account_id, "reference": made["reference"], "population": "provider", "status": status}
        self._world.tell("account.opened", "identity", account_id, **data)

    def _owners(self) -> Any:
        if self.away:
            return "away", 503
        return jsonify(account_ids=self.owned.get(request.get_json()["email"].casefold(), []))

    def _make(self) -> Any:
        if self.away:
            return "away", 503
        self.made.append(request.get_json())
        url = f"{ORIGIN}/account/activate?token=the-activation-secret"
        answered: Response = jsonify(account_id=NEW, status="invited", activation_url=url)
        return answered, 201


def link_to(world: World, email: str = "ann@office.example", which: int = -1) -> str:
    """Return the link of the last (or another) letter that invites this address."""
    texts = [mail.body for mail in world.mails() if mail.recipient == email and "/manage/join?token=" in mail.body]
    found = re.search(r"https?://\S+/manage/join\?token=\S+", texts[which])
    assert found, texts
    return found.group()


def letters(world: World, email: str = "ann@office.example") -> list[str]:
    """Return the subjects of all mail to an address, the oldest first."""
    return [mail.subject for mail in world.mails() if mail.recipient == email]


def invite(world: World, **changes: object) -> dict[str, Any]:
    """A manager invites Ann; return the answer."""
    answered = world.api(subject="acc_meg").post(INVITATIONS, json={**ANN, **changes})
    assert answered.status_code in (200, 201), answered.text
    return {**answered.json(), "status_code": answered.status_code}


def write_answers(world: World) -> int:
    """Let the worker write to who asked for a letter."""
    return answer(world.context)


def held(world: World, account_id: str) -> dict[str, Any] | None:
    """Return what an account holds at the clinic, or None where it is no member."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return next((each for each in members if each["account_id"] == account_id), None)


def audited(world: World, *starts: str) -> list[str]:
    """Return the clinic's acts whose names begin so, the oldest first."""
    entries = world.api().get(f"{BASE}/history").json()["entries"]
    return [each["action"] for each in reversed(entries) if each["action"].startswith(starts)]


def practices(world: World) -> Accounts:
    """A clinic with two managers and two members, another practice, and identity's side."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member(), member(PAT, "Pat Partner")))
    world.seed(clinic(manager("acc_bea", "Bea Boss"), id=OTHER))
    world.availability.open("remittance.view", "claims.status.view")
    return Accounts(world)


def ann(**changes: object) -> dict[str, object]:
    """Return Ann's row."""
    return {"name": "Ann Lee", "email": "ann@office.example", "functions": TASKS, **changes}


def send(world: World, rows: list[dict[str, object]], kind: str = "add", **more: object) -> dict[str, Any]:
    """A manager sends a list; return the answer."""
    answer = world.api(subject=MEG).post(BATCHES, json={"kind": kind, "rows": rows, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def undo(world: World, batch: dict[str, Any], account: str = MEG) -> dict[str, Any]:
    """A manager undoes a list; return the answer."""
    answer = world.api(subject=account).post(f"{BATCHES}/{batch['batch_id']}/undo")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def acts(batch: dict[str, Any]) -> list[str]:
    """Return what each row does."""
    return [row["act"] for row in batch["rows"]]


def remains(world: World) -> list[int]:
    """Return how many rows the tables have that an act would write to."""
    with world.context.reading() as session:
        tables = (Invitation.__table__, Batch.__table__, notices, outbox, audit_entries)
        return [int(session.execute(select(func.count()).select_from(table)).scalar_one()) for table in tables]
