"""Searches, single evaluations and the rows themselves agree about everybody, everything, everywhere (L3, L5)."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.models import Membership
from access_manager.people.models import Person
from shared.auth import ACR_TWO_FACTORS
from tests.service.access_manager.machine.stage import ALL, EVERYBODY, PLACES, Stage

Question = tuple[str, str, str]  # who, what, where
EVERYTHING: Sequence[Question] = [
    (who, function, place) for who in EVERYBODY for function in ALL for place in (*PLACES, "org_nowhere")
]


class Asked:
    """The decision point, asked about one state of the stage; `context` as the portal sends it."""

    def __init__(self, stage: Stage, *, two_factors: bool = True) -> None:
        self._stage = stage
        self._api = stage.api(None, "access.evaluate")
        self._context = {"acr": ACR_TWO_FACTORS} if two_factors else {}
        self._two_factors = two_factors
        self._open = stage.open_functions()
        self._found: dict[tuple[str, ...], set[str]] = {}
        self._members = {(one.account_id, one.organization_id): one for one in stage.all(Membership)}
        self._people = {one.account_id: one for one in stage.all(Person)}

    def insist_agreement(self, question: Question) -> str:
        """One evaluation against three searches and the rows; return its reason."""
        who, function, place = question
        answer = self._evaluated(who, function, place)
        permitted = bool(answer["decision"])
        told = (
            who in self._search("subject", "", function, place),
            place in self._search("resource", who, function, ""),
            function in self._search("action", who, "", place),
        )
        assert told == (permitted,) * 3, (question, told, permitted)
        assert permitted == self._written(who, function, place), (question, answer)
        lent = permitted and self._members[who, place].link_id is not None
        return "through a company" if lent else str(answer["context"]["reason_code"])

    def _evaluated(self, *question: str) -> dict[str, Any]:
        answer = self._api.post("/access/v1/evaluation", json=self._body(*question))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _search(self, kind: str, *question: str) -> set[str]:
        key = (kind, *question)
        if key not in self._found:
            answer = self._api.post(f"/access/v1/search/{kind}", json=self._body(*question))
            assert answer.status_code == 200, answer.text
            self._found[key] = {one.get("id") or one["name"] for one in answer.json()["results"]}
        return self._found[key]

    def _body(self, who: str, function: str, place: str) -> dict[str, Any]:
        subject = {"type": "account"} | ({"id": who} if who else {})
        resource = {"type": "organization"} | ({"id": place} if place else {})
        body = {"subject": subject, "resource": resource, "context": self._context}
        return {**body, "action": {"name": function}} if function else body

    def _written(self, who: str, function: str, place: str) -> bool:
        """What the rows say at this instant: an end passes by the clock alone, no job has to run."""
        one, person, now = self._members.get((who, place)), self._people.get(who), self._stage.now
        if one is None or one.status != "active" or function not in one.functions:
            return False
        if person is not None and person.status in ("closed", "locked"):
            return False
        if self._stage.owes_terms(who) or (BY_ID[function].sensitive and not self._two_factors):
            return False
        ends = [
            one.ends_at,
            *(datetime.fromisoformat(end) for name, end in one.function_ends.items() if name == function),
        ]
        return all(end is None or end > now for end in ends) and function in self._open


def insist_searches_agree(stage: Stage, questions: Sequence[Question] = EVERYTHING) -> Counter[str]:
    """Ask all of it, with two factors and without; return how many evaluations gave which reason."""
    seen: Counter[str] = Counter()
    for two_factors in (True, False):
        asked = Asked(stage, two_factors=two_factors)
        seen.update(asked.insist_agreement(question) for question in questions)
    return seen


def some_questions(stage: Stage, most: int) -> Sequence[Question]:
    """Questions, most of them about who is somewhere; the same for the same history."""
    chance = random.Random(stage.tried)
    members = [(one.account_id, one.organization_id) for one in stage.all(Membership)]
    likely = [(who, function, place) for who, place in members for function in ALL]
    return [chance.choice(likely if chance.random() < 0.8 else EVERYTHING) for _ in range(most)]
