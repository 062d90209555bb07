"""G12, M9: whatever the two sides do, in whatever order, nobody holds more through a link than the practice gave."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.access_manager.partnership import BEA, BEN, BILLING, BO, GIVEN, Partnership
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, World

some = st.sets(st.sampled_from(GIVEN), min_size=1).map(lambda functions: tuple(sorted(functions)))
hours = st.none() | st.integers(1, 12)
steps = st.one_of(
    st.tuples(st.just("connect"), some, hours),
    st.tuples(st.just("send"), st.sampled_from((BEN, BO)), some, hours),
    st.tuples(st.just("narrow"), some, hours),
    st.tuples(st.just("end"), st.booleans()),
    st.tuples(st.just("take off"), st.sampled_from((BEN, BO))),
    st.tuples(st.just("leave"), st.just(BEN), st.integers(1, 12)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
)


class Story:
    """What was agreed, kept beside the service: the open link with its functions and its end."""

    def __init__(self, both: Partnership) -> None:
        self.both, self.link = both, ""
        self.functions: set[str] = set()
        self.ends_at: datetime | None = None

    def at(self, after: int | None) -> datetime | None:
        """An instant some hours after the beginning."""
        return MONDAY + timedelta(hours=after) if after is not None else None

    def connect(self, functions: tuple[str, ...], after: int | None) -> None:
        """Both sides agree, where nothing stands in the way."""
        ends_at = self.at(after)
        proposed = self.both.propose(functions=list(functions), ends_at=ends_at.isoformat() if ends_at else None)
        if proposed.is_success and self.both.answer(proposed.json()["link_id"]).is_success:
            self.link, self.functions, self.ends_at = proposed.json()["link_id"], set(functions), ends_at

    def send(self, account: str, functions: tuple[str, ...], after: int | None) -> None:
        """The company sends somebody, or is refused."""
        answer = self.both.send(self.link, account, functions=functions, ends_at=self.at(after))
        if answer.is_success:
            assert set(functions) <= self.functions

    def narrow(self, functions: tuple[str, ...], after: int | None) -> None:
        """The practice makes it smaller, or is refused."""
        if self.both.narrow(self.link, *functions, ends_at=self.at(after)).is_success:
            assert set(functions) <= self.functions
            self.functions, self.ends_at = set(functions), self.at(after)

    def end(self, by_company: bool) -> None:
        """Either side ends it."""
        who, organization = (BEA, BILLING) if by_company else (MEG, CLINIC)
        if self.both.end(self.link, who, organization).is_success:
            self.functions = set()

    def take_off(self, account: str) -> None:
        """The practice takes one person off."""
        found = self.both.members().get(account)
        if found:
            path = f"members/{found['membership_id']}/removal"
            assert self.both.call(MEG, "POST", path, CLINIC, {"reason": "concern"}).is_success

    def leave(self, account: str, after: int) -> None:
        """The company gives somebody an end of their own."""
        ends_at = self.at(after)
        assert ends_at is not None
        body = {"functions": [], "ends_at": ends_at.isoformat()}
        path = f"members/{self.both.membership(account)}"
        self.both.call(BEA, "PUT", path, BILLING, body, **{"If-Match": "*"})

    def wait(self, more: int) -> None:
        """Time passes, and no job runs."""
        self.both.world.clock.advance(timedelta(hours=more))

    def holds(self) -> None:
        """Nobody through the link may anything beyond it, nor after it."""
        over = self.ends_at is not None and self.both.world.clock.now() >= self.ends_at
        given = set() if over else self.functions
        for account in (BEN, BO):
            may = {function for function in GIVEN if self.both.may(account, function)}
            assert may <= given, (account, may, given)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=some, story=st.lists(steps, min_size=4, max_size=10))
def test_no_path_gives_more_than_the_practice_gave(first: tuple[str, ...], story: list[tuple[object, ...]]) -> None:
    """M9: after every step, legal or not, by either side; and after the end nothing is left."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder))
        told = Story(Partnership.seeded(world))
        told.connect(first, None)
        told.send(BEN, first, None)
        for name, *words in story:
            verb: Callable[..., None] = getattr(told, str(name).replace(" ", "_"))
            verb(*words)
            told.holds()
        told.end(False)
        told.functions = set()
        told.holds()
        world.close()
