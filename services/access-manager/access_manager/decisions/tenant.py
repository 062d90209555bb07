"""A trial tenant: subjects, resources and rules of types that are not ours, read from a file, pure.

Whoever proves a deployment against AuthZEN's certification scenario gives it the scenario's people and records; they
stand beside the accounts and organizations and can never decide about those. The first rule that fits decides;
where none fits, the answer is a denial.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from access_manager.decisions.authzen import Found, Search, Wanted

OURS = frozenset({"account", "organization"})
_SHOWN: Sequence[str] = ("type", "id", "name")
Properties = Mapping[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entity(_Strict):
    """A subject or a resource, with the properties it has whatever a request says."""

    type: str
    id: str
    properties: Properties = Field(default_factory=dict)


class Pattern(_Strict):
    """What a part of a request must be: everything that is named here."""

    type: str | None = None
    id: str | None = None
    name: str | None = None
    properties: Properties = Field(default_factory=dict)

    def fits(self, part: Mapping[str, Any]) -> bool:
        """Whether the part has every value that the pattern names."""
        named = {"type": self.type, "id": self.id, "name": self.name}
        has = part.get("properties") or {}
        return all(part.get(key) == value for key, value in named.items() if value is not None) and all(
            has.get(key) == value for key, value in self.properties.items()
        )


class Rule(_Strict):
    """One line of the policy."""

    decision: bool
    subject: Pattern = Pattern()
    action: Pattern = Pattern()
    resource: Pattern = Pattern()


class TrialTenant(_Strict):
    """Everything of the file; without one it knows nobody."""

    subjects: Sequence[Entity] = ()
    resources: Sequence[Entity] = ()
    actions: Sequence[str] = ()
    rules: Sequence[Rule] = ()

    @model_validator(mode="after")
    def _keeps_away_from_ours(self) -> Self:
        taken = OURS & {one.type for one in (*self.subjects, *self.resources)}
        if taken:
            raise ValueError(f"{', '.join(sorted(taken))} are the suite's own types; a trial tenant has others")
        return self

    def decide(self, body: Mapping[str, Any]) -> bool:
        """Answer a well-formed question about types that are not ours (AuthZEN §6)."""
        subject, resource = _known(self.subjects, body["subject"]), _known(self.resources, body["resource"])
        for rule in self.rules:
            if rule.subject.fits(subject) and rule.action.fits(body["action"]) and rule.resource.fits(resource):
                return rule.decision
        return False

    def search(self, body: Mapping[str, Any], kind: Search, wanted: Wanted) -> Found:
        """Answer a well-formed search (AuthZEN §8): whatever `decide` permits, in the order of ids."""
        permitted = [one for one in self._candidates(body, kind) if self.decide({**body, kind.value: one})]
        name = "name" if kind is Search.ACTION else "id"
        shown: list[dict[str, str]] = [{key: one[key] for key in _SHOWN if key in one} for one in permitted]
        later = sorted((one for one in shown if one[name] > wanted.page.after), key=lambda one: one[name])
        taken = later[: wanted.page.limit]
        return Found(taken, wanted.token(taken[-1][name]) if len(later) > len(taken) else "")

    def _candidates(self, body: Mapping[str, Any], kind: Search) -> list[dict[str, Any]]:
        if kind is Search.ACTION:
            known = [(self.subjects, body["subject"]), (self.resources, body["resource"])]
            strange = any(not _is_among(entities, part) for entities, part in known)
            return [] if strange else [{"name": name} for name in self.actions]
        entities = self.subjects if kind is Search.SUBJECT else self.resources
        asked = body[kind.value]
        given = asked.get("properties") or {}
        return [
            {"type": one.type, "id": one.id, "properties": {**one.properties, **given}}
            for one in entities
            if one.type == asked["type"]
        ]


def _known(entities: Sequence[Entity], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part with the properties that the file gives it; what the request says of them counts."""
    own = next((one.properties for one in entities if (one.type, one.id) == (part["type"], part["id"])), {})
    return {**part, "properties": {**own, **(part.get("properties") or {})}}


def _is_among(entities: Sequence[Entity], part: Mapping[str, Any]) -> bool:
    return any((one.type, one.id) == (part["type"], part["id"]) for one in entities)
