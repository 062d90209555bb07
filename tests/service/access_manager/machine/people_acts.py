"""What people try with members, seats, proposals and deputies, as values: who, where, to whom, what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from access_manager.memberships.models import Deputy
from access_manager.proposals.models import Proposal
from tests.service.access_manager.machine.stage import (
    BOSS,
    DEPUTY,
    EVERYBODY,
    PLACES,
    PROGRAM,
    SECOND,
    Act,
    Ready,
    Stage,
    chosen,
)
from tests.service.access_manager.world import CLINIC, MEG

SOME = ("claims.submit", "payment.manage", "eligibility.view", "demographics.update", "precert.view")
PROPOSED = "proposed"
WORDS = {"accept": "acceptance", "approve": "approval", "decline": "decline", "withdraw": "withdrawal"}

# Also by what they are by then, so that managers and deputies often try things on themselves and on each other.
someone = st.one_of(st.sampled_from(EVERYBODY), st.sampled_from((BOSS, SECOND, DEPUTY)))
# Most acts are tried by somebody who manages the place, whoever that is by then; the others by anybody.
people = st.one_of(st.sampled_from((BOSS, SECOND, DEPUTY)), st.sampled_from(EVERYBODY))
actors = st.one_of(st.sampled_from((BOSS, SECOND, PROGRAM, DEPUTY)), st.sampled_from(EVERYBODY))
places = st.sampled_from((CLINIC, *PLACES, CLINIC))
functions = st.lists(st.sampled_from(SOME), min_size=1, max_size=3, unique=True)
which = st.integers(0, 3)
days = st.one_of(st.none(), st.sampled_from((1, 5, 40)))


@dataclass(frozen=True)
class OrElse:
    """An act, and what is tried where there is nothing yet to try that on."""

    act: Act
    otherwise: Act

    def ready(self, stage: Stage) -> Ready | None:
        """The call of the first that there is."""
        return self.act.ready(stage) or self.otherwise.ready(stage)


@dataclass(frozen=True)
class SetAccess:
    """Say what somebody may do, and until when."""

    actor: str | None
    place: str
    who: str
    wanted: Sequence[str]
    days: int | None

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        body = {"functions": self.wanted, "ends_at": stage.later(days=self.days) if self.days else None}
        path = f"members/{stage.membership(self.place, self.who)}"
        return stage.call(self.actor, "PUT", self.place, path, body, "membership.changed")


@dataclass(frozen=True)
class Remove:
    """End somebody's access."""

    actor: str | None
    place: str
    who: str

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        path = f"members/{stage.membership(self.place, self.who)}/removal"
        return stage.call(self.actor, "POST", self.place, path, {"reason": "left"}, "membership.removed")


@dataclass(frozen=True)
class Resume:
    """Let somebody back who was suspended because they slept."""

    actor: str | None
    place: str
    who: str

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        path = f"members/{stage.membership(self.place, self.who)}/resumption"
        return stage.call(self.actor, "POST", self.place, path, None, "membership.changed")


@dataclass(frozen=True)
class ChangeSeat:
    """Give or take the manager's seat: a program at once, a person steps down or proposes (G17)."""

    actor: str | None
    place: str
    who: str
    up: bool

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        path = f"managers/{stage.membership(self.place, self.who)}"
        method = "PUT" if self.up else "DELETE"
        return stage.call(self.actor, method, self.place, path, None, "membership.changed", "manager.")


@dataclass(frozen=True)
class Propose:
    """What takes a second word: a seat, its end, a hand-over (G16), sensitive functions."""

    actor: str | None
    place: str
    who: str
    kind: str
    wanted: Sequence[str]

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        body: dict[str, object] = {"kind": self.kind, "membership_id": stage.membership(self.place, self.who)}
        body |= {"functions": self.wanted} if self.kind == "functions" else {}
        return stage.call(self.actor, "POST", self.place, "proposals", body, "manager.", "functions.proposed")


@dataclass(frozen=True)
class AnswerProposal:
    """Accept, approve, decline or withdraw one of the latest proposals, open or not; in its own place, or another."""

    actor: str
    place: str | None
    word: str
    which: int

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anything was proposed."""
        found = sorted(stage.all(Proposal), key=lambda each: (each.state == "open", each.id), reverse=True)
        one = chosen(found, self.which)
        if one is None:
            return None
        actor, place = one.account_id if self.actor == PROPOSED else self.actor, self.place or one.organization_id
        body = {"reason": "other"} if self.word == "decline" else None
        return stage.call(actor, "POST", place, f"proposals/{one.id}/{WORDS[self.word]}", body, "proposal.")


@dataclass(frozen=True)
class FourEyes:
    """Ask for two managers where sensitive functions are given, or for one again."""

    actor: str | None
    place: str
    wanted: bool

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        return stage.call(self.actor, "PUT", self.place, "four-eyes", {"sensitive_functions": self.wanted})


@dataclass(frozen=True)
class NameDeputy:
    """Name a member who acts for a manager for two days, from now or from tomorrow (G6)."""

    actor: str | None
    who: str
    scopes: Sequence[str]
    tomorrow: bool

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        body: dict[str, Any] = {"membership_id": stage.membership(CLINIC, self.who), "scopes": self.scopes}
        body |= {"starts_at": stage.later(days=1) if self.tomorrow else None, "ends_at": stage.later(days=2)}
        body |= {"manager_account_id": MEG} if self.actor is PROGRAM else {}
        return stage.call(self.actor, "POST", CLINIC, "deputies", body, "deputy.named")


@dataclass(frozen=True)
class EndDeputy:
    """End what a deputy was named for."""

    actor: str | None
    which: int

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anybody was named."""
        one = chosen(stage.all(Deputy), self.which)
        return stage.call(self.actor, "DELETE", CLINIC, f"deputies/{one.id}", None, "deputy.ended") if one else None


_KINDS = st.sampled_from(("seat", "unseat", "hand_over", "functions"))
_SCOPES = st.sampled_from((["requests"], ["people"], ["requests", "people"]))

_OWN_PLACE = st.sampled_from((None, None, None, CLINIC))
_PROPOSE = st.builds(Propose, people, places, someone, _KINDS, functions)
_ACCEPTS = st.builds(AnswerProposal, st.just(PROPOSED), st.none(), st.just("accept"), st.just(0))
_APPROVES = st.builds(AnswerProposal, people, st.none(), st.just("approve"), st.just(0))
_ANSWERS = st.builds(
    AnswerProposal, st.one_of(people, st.just(PROPOSED)), _OWN_PLACE, st.sampled_from(tuple(WORDS)), which
)
_NAMES = st.builds(NameDeputy, actors, someone, _SCOPES, st.booleans())
_STANDS_IN = st.one_of(
    st.builds(SetAccess, st.just(DEPUTY), st.just(CLINIC), someone, functions, days),
    st.builds(Remove, st.just(DEPUTY), st.just(CLINIC), someone),
    st.builds(Remove, people, st.just(CLINIC), st.just(DEPUTY)),
)

MEMBERS = st.one_of(
    st.builds(SetAccess, st.just(BOSS), st.just(CLINIC), st.just(BOSS), functions, st.none()),
    st.builds(SetAccess, actors, places, someone, functions, days),
    st.builds(Remove, actors, places, someone),
    st.builds(Resume, actors, places, someone),
)
SEATS = st.one_of(
    _PROPOSE,
    st.builds(OrElse, st.one_of(_ACCEPTS, _APPROVES, _ANSWERS), _PROPOSE),
    st.builds(ChangeSeat, actors, places, someone, st.booleans()),
    st.builds(FourEyes, actors, places, st.booleans()),
)
DEPUTIES = st.one_of(_NAMES, _STANDS_IN, st.builds(OrElse, st.builds(EndDeputy, actors, which), _NAMES))
