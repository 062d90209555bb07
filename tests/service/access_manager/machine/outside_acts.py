"""What comes from outside a practice, as values: connections with a company, other services' news, jobs, the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from access_manager.dormancy import looking
from access_manager.emergencies.models import Emergency
from access_manager.emergencies.service import announce
from access_manager.memberships.models import Deputy, Membership
from access_manager.reviews import lapsing
from access_manager.reviews.models import Review
from access_manager.third_parties import staff
from access_manager.third_parties.models import Link
from tests.service.access_manager.machine.people_acts import SOME, days, functions, people, places, which
from tests.service.access_manager.machine.stage import (
    BILL,
    BOSS,
    COMPANY,
    DEE,
    EVERYBODY,
    PROGRAM,
    WIL,
    Ready,
    Stage,
    chosen,
)
from tests.service.access_manager.world import CLINIC, OTHER, SAM

_JOBS = (lapsing.work_on_reviews, looking.look, staff.lapse, announce)
_STANDINGS = {"account.locked": "locked", "account.unlocked": "active"}
_SLEEP, _NOTICE = timedelta(days=340), timedelta(days=31)


@dataclass(frozen=True)
class Offer:
    """A practice offers a part of what it may do to the company, for good or for days (G12)."""

    actor: str | None
    place: str
    wanted: Sequence[str]
    days: int | None

    def ready(self, stage: Stage) -> Ready:
        """The call, with the code that the company's manager read aloud."""
        code = stage.request(PROGRAM, "POST", f"/api/access/v1/organizations/{COMPANY}/connect-code")()
        body: dict[str, object] = {"side": "provider", "functions": self.wanted}
        body |= {"connect_code": code.json()["connect_code"] if code else ""}
        body |= {"ends_at": stage.later(days=self.days) if self.days else None}
        return stage.call(self.actor, "POST", self.place, "partners", body, "link.proposed")


@dataclass(frozen=True)
class AnswerOffer:
    """Either side answers; only the one that was asked may."""

    actor: str | None
    place: str
    which: int
    accepts: bool

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anything was offered."""
        one = _link(stage, self.which)
        body = {"outcome": "accept" if self.accepts else "decline"}
        return stage.call(self.actor, "POST", self.place, f"partners/{one.id}/decision", body, "link.") if one else None


@dataclass(frozen=True)
class CutConnection:
    """Make it smaller, or end it."""

    actor: str | None
    place: str
    which: int
    wanted: Sequence[str] | None

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anything was offered."""
        one = _link(stage, self.which)
        if one is None:
            return None
        if self.wanted is None:
            return stage.call(self.actor, "POST", self.place, f"partners/{one.id}/ending", None, "link.ended")
        kept = [each for each in one.functions if each in self.wanted] or self.wanted
        ends_at = one.ends_at.isoformat() if one.ends_at else None
        body = {"functions": kept, "ends_at": ends_at}
        return stage.call(self.actor, "PUT", self.place, f"partners/{one.id}", body, "link.narrowed")


@dataclass(frozen=True)
class Send:
    """The company sends somebody through a connection with some functions, or takes them off it."""

    actor: str | None
    who: str
    which: int
    wanted: Sequence[str] | None
    beyond: bool

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anything was offered: for what is both wanted and given, or for more."""
        one = _link(stage, self.which)
        if one is None:
            return None
        path = f"partners/{one.id}/staff/{stage.membership(COMPANY, self.who)}"
        if self.wanted is None:
            return stage.call(self.actor, "DELETE", COMPANY, path, None, "link.unassigned")
        some = self.wanted if self.beyond else [each for each in one.functions if each in self.wanted] or self.wanted
        return stage.call(self.actor, "PUT", COMPANY, path, {"functions": some}, "link.assigned")


@dataclass(frozen=True)
class AccountStands:
    """Identity tells that an account is locked for good, or open again."""

    who: str
    news: str

    def ready(self, stage: Stage) -> Ready:
        """The event."""
        data = {"account_id": self.who, "status": _STANDINGS[self.news], "population": "provider"}
        return lambda: stage.tell(self.news, "identity", self.who, **data, locked_until=None, reason=None)


@dataclass(frozen=True)
class AccountClosed:
    """Identity tells that somebody is gone: every membership ends, and with it what came through it."""

    who: str

    def ready(self, stage: Stage) -> Ready:
        """The event."""
        data = {"account_id": self.who, "status": "closed", "population": "provider"}
        return lambda: stage.tell("account.closed", "identity", self.who, **data, locked_until=None, reason=None)


@dataclass(frozen=True)
class NewTerms:
    """Identity tells of new terms of use, from now or from tomorrow; some do not accept them."""

    tomorrow: bool
    without: Sequence[str]

    def ready(self, stage: Stage) -> Ready:
        """The events: the version, and who accepted it."""

        def tell() -> None:
            version = len(stage.terms) + 1
            stage.terms.append(stage.now + timedelta(days=self.tomorrow))
            stage.tell("terms.published", "identity", "terms", version=version, effective_at=stage.terms[-1])
            for who in (each for each in EVERYBODY if each not in self.without):
                stage.accepted_terms[who] = version
                accepted = {"account_id": who, "version": version, "accepted_at": stage.now}
                stage.tell("terms.accepted", "identity", who, **accepted)

        return tell


@dataclass(frozen=True)
class Hours:
    """Availability closes a function for a day, or opens it."""

    function: str
    open: bool

    def ready(self, stage: Stage) -> Ready:
        """The event; each process asks anew."""

        def tell() -> None:
            for each in stage.worlds:
                if self.open:
                    each.availability.open(self.function)
                else:
                    each.availability.close(self.function, "hours", stage.now + timedelta(days=1))
            stage.hours_changed()

        return tell


@dataclass(frozen=True)
class JobsRun:
    """A worker looks at everything that came to its end."""

    def ready(self, stage: Stage) -> Ready:
        """The jobs, one after the other."""
        context = stage.next_world().context

        def work() -> None:
            for job in _JOBS:
                job(context)

        return work


@dataclass(frozen=True)
class TimePasses:
    """The clock goes on; nothing else happens."""

    minutes: int

    def ready(self, stage: Stage) -> Ready:
        """The clock."""

        def go_on() -> None:
            stage.world.clock.advance(timedelta(minutes=self.minutes))

        return go_on


@dataclass(frozen=True)
class BrinkOfAnEnd:
    """The clock stands a minute before the next end of anything: a grant, a deputy, a review, an emergency, a link."""

    def ready(self, stage: Stage) -> Ready | None:
        """The clock, where anything ends at all."""
        minute = timedelta(minutes=1)
        ahead = [end for end in _ends(stage) if end > stage.now + minute]
        return (lambda: stage.world.clock.freeze(min(ahead) - minute)) if ahead else None


@dataclass(frozen=True)
class LongSleep:
    """For more than a year only some sign in; who does not is warned, then suspended (G11)."""

    awake: Sequence[str]

    def ready(self, stage: Stage) -> Ready:
        """Time, the worker, sign-ins, time, the worker."""

        def pass_by() -> None:
            for wait in (_SLEEP, _NOTICE):
                stage.world.clock.advance(wait)
                for who in self.awake:
                    stage.tell("session.started", "identity", who, **_session(stage, who))
                looking.look(stage.world.context)

        return pass_by


def _ends(stage: Stage) -> Iterator[datetime]:
    members = stage.all(Membership)
    for kind, name in ((Deputy, "ends_at"), (Emergency, "ends_at"), (Review, "due_at"), (Link, "ends_at")):
        yield from (end for each in stage.all(kind) if (end := getattr(each, name)) is not None)
    yield from (each.ends_at for each in members if each.ends_at is not None)
    yield from (datetime.fromisoformat(end) for each in members for end in each.function_ends.values())


def _session(stage: Stage, who: str) -> dict[str, object]:
    facts = {"account_id": who, "session_id": f"ses_{who}", "started_at": stage.now}
    return {**facts, "acr": "urn:gatehouse:acr:2", "amr": ["pwd"]}


def _link(stage: Stage, which: int) -> Link | None:
    """The newest connection most of the time, else an older one."""
    return chosen(reversed(stage.all(Link)), which // 2)


_PROVIDERS = st.sampled_from((CLINIC, CLINIC, CLINIC, OTHER))
_SENT = st.sampled_from((WIL, WIL, BILL, SAM))

_WANTED = st.one_of(st.just(SOME), functions, st.none())

PARTNERS = st.one_of(
    st.builds(Send, people, _SENT, which, _WANTED, st.booleans()),
    st.builds(Send, st.just(BOSS), _SENT, st.just(0), _WANTED, st.booleans()),
    st.builds(AnswerOffer, people, st.sampled_from((COMPANY, COMPANY, CLINIC)), which, st.booleans()),
    st.builds(CutConnection, people, places, which, _WANTED),
    st.builds(
        CutConnection, st.just(BOSS), _PROVIDERS, st.just(0), st.lists(st.sampled_from(SOME), min_size=1, max_size=1)
    ),
    st.builds(Offer, people, _PROVIDERS, functions, days),
)
NEWS = st.one_of(
    st.builds(AccountStands, st.sampled_from(EVERYBODY), st.sampled_from(tuple(_STANDINGS))),
    st.builds(AccountClosed, st.sampled_from((WIL, DEE))),
    st.builds(Hours, st.sampled_from(SOME), st.booleans()),
    st.builds(JobsRun),
)
TERMS = st.builds(NewTerms, st.booleans(), st.lists(st.sampled_from(EVERYBODY), max_size=3, unique=True))
CLOCK = st.one_of(
    st.builds(TimePasses, st.sampled_from((1, 45, 600, 2 * 24 * 60, 5 * 24 * 60))), st.builds(BrinkOfAnEnd)
)
# Shorter than a token lives: what is under way at that moment is refused for what ended, not for its token.
MOMENT = st.builds(TimePasses, st.just(2))
SLEEP = st.builds(LongSleep, st.lists(st.sampled_from(EVERYBODY), unique=True))
