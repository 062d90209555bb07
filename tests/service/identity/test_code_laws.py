"""Codes under any order of sending, guessing and waiting: the laws hold, whatever people and scripts do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity.codes import rules
from identity.codes import service as codes
from identity.codes.service import Sent, Wait
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from tests.service.identity.factors import TED, code_in, texts
from tests.service.identity.world import World

_ACTS = st.one_of(
    st.just(("send", 0)),
    st.just(("wrong", 0)),
    st.tuples(st.just("type"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.sampled_from([1, 29, 31, 61, 121, 241, 599, 601])),
)
_NUMBERS = count()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Contact]]:
    """One running identity, and the phone that all codes go to."""
    world = World(Path(tmp_path_factory.mktemp("laws")))
    (account_id,) = world.seed(TED)
    with world.context.reading() as session:
        phone = next(one for one in contacts.listing(session, account_id) if one.kind == "sms")
    yield world, phone
    world.close()


@dataclass
class Story:
    """What happened to the codes of one session, as somebody who watches would note it."""

    world: World
    phone: Contact
    bound_to: str = field(default_factory=lambda: f"ses_{next(_NUMBERS)}")
    sent: list[tuple[str, datetime]] = field(default_factory=list)
    guesses: list[datetime] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.world.clock.now()

    def alive(self) -> list[str]:
        """The codes that nobody has proved and that are young enough."""
        return [code for code, at in self.sent if self.now < at + rules.LIFE]

    def send(self) -> None:
        """Ask for a code; one is sent, or the wait is in the future."""
        with self.world.context.transaction() as work:
            outcome = codes.send(work, purpose="verify", bound_to=self.bound_to, contact=self.phone)
        if isinstance(outcome, Sent):
            if not self.alive():
                self.sent, self.guesses = [], []  # everything was too old: a new life, with a new count
            self.sent.append((code_in(texts(self.world)[-1]), self.now))
            assert outcome.resend_at > self.now
            assert len([at for _code, at in self.sent if self.now - at < timedelta(seconds=30)]) == 1
        else:
            assert isinstance(outcome, Wait) and outcome.until > self.now

    def guess(self, typed: str) -> None:
        """Type something; it is proved exactly if it is good and a guess is left."""
        good = typed in self.alive() and len(self.guesses) < rules.MOST_TRIES
        with self.world.context.transaction() as work:
            proof = codes.prove(work, purpose="verify", bound_to=self.bound_to, typed=typed)
        assert (proof is not None) is good
        self.guesses.append(self.now)
        if good:
            self.sent, self.guesses = [], []

    def wrong(self) -> str:
        """Six digits that were never sent here."""
        known = {code for code, _at in self.sent}
        return next(code for number in range(10) if (code := f"{number:06d}") not in known)


@given(acts=st.lists(_ACTS, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_laws_of_codes_hold_in_any_order(place: tuple[World, Contact], acts: list[tuple[str, int]]) -> None:
    """Threat 29, ASVS 6.5.1 and 6.6.3: five guesses a life, each code once, none too old, a resend voids nothing."""
    world, phone = place
    world.clock.advance(timedelta(hours=2))  # what an earlier example sent to the phone counts no more
    story = Story(world, phone)
    for act, value in acts:
        if act == "send":
            story.send()
        elif act == "wait":
            world.clock.advance(timedelta(seconds=value))
        elif act == "type" and story.sent:
            story.guess(story.sent[value % len(story.sent)][0])
        else:
            story.guess(story.wrong())


@pytest.mark.parametrize("purpose", ["second_factor", "verify", "contact", "binding", "recovery"])
def test_a_code_is_good_for_its_purpose_and_its_thing_only(place: tuple[World, Contact], purpose: str) -> None:
    """ASVS 6.6.2, threat 29: no other purpose and no other session, recovery or contact takes it."""
    world, phone = place
    world.clock.advance(timedelta(hours=2))
    bound_to = f"thing_{next(_NUMBERS)}"
    with world.context.transaction() as work:
        assert isinstance(codes.send(work, purpose=purpose, bound_to=bound_to, contact=phone), Sent)
    code = code_in(texts(world)[-1])
    for other in {"second_factor", "verify", "contact", "binding", "recovery"} - {purpose}:
        with world.context.transaction() as work:
            assert codes.prove(work, purpose=other, bound_to=bound_to, typed=code) is None
    with world.context.transaction() as work:
        assert codes.prove(work, purpose=purpose, bound_to="thing_of_others", typed=code) is None
        proof = codes.prove(work, purpose=purpose, bound_to=bound_to, typed=code)
    assert proof is not None and proof.contact_id == phone.id


def test_a_purpose_that_nobody_knows_is_a_fault_of_ours(place: tuple[World, Contact]) -> None:
    """A misspelt purpose must not become a code that can be proved under the same misspelling."""
    world, phone = place
    with pytest.raises(KeyError), world.context.transaction() as work:
        codes.send(work, purpose="second-factor", bound_to="ses_x", contact=phone)
