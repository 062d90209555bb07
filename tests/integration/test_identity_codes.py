"""Codes, recovery codes and second factors on real PostgreSQL: what is good once is good once under rivals."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from identity.codes import rules
from identity.codes import service as codes
from identity.codes.models import Code, CodeRun
from identity.codes.service import Sent
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.mfa import recovery_codes
from identity.mfa import service as mfa
from identity.mfa.service import LastMethod, Removed
from tests.integration.test_identity_races import RIVALS, at_once
from tests.service.identity.factors import TED, bind, code_in, recovery_set, texts
from tests.service.identity.world import MEG, World

RUN = {"purpose": "second_factor", "bound_to": "ses_1"}


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def phone_of(world: World, account_id: str) -> Contact:
    """The account's mobile."""
    with world.context.reading() as session:
        return next(one for one in contacts.listing(session, account_id) if one.kind == "sms")


def test_one_code_is_proved_once(world: World) -> None:
    """Threat 29, parallel guesses: sixteen times the right code at once is one proof."""
    (ted,) = world.seed(TED)
    with world.context.transaction() as work:
        codes.send(work, **RUN, contact=phone_of(world, ted))
    code, proofs = code_in(texts(world)[-1]), []

    def prove() -> None:
        with world.context.transaction() as work:
            proofs.append(codes.prove(work, **RUN, typed=code))

    at_once([prove] * RIVALS)
    assert len([proof for proof in proofs if proof is not None]) == 1


def test_parallel_guesses_are_all_counted(world: World) -> None:
    """Threat 29, ASVS 6.6.3: of sixteen guesses at once five are looked at; then the right code is refused as well."""
    (ted,) = world.seed(TED)
    with world.context.transaction() as work:
        codes.send(work, **RUN, contact=phone_of(world, ted))
    right = code_in(texts(world)[-1])
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    def guess() -> None:
        with world.context.transaction() as work:
            assert codes.prove(work, **RUN, typed=wrong) is None

    at_once([guess] * RIVALS)
    with world.context.transaction() as work:
        assert codes.prove(work, **RUN, typed=right) is None
        run = work.session.get_one(CodeRun, ("second_factor", "ses_1"))
        assert run.tries == rules.MOST_TRIES


def test_many_presses_of_the_button_send_one_code(world: World) -> None:
    """Threat 29, resend flood: one row, one message, the others are told to wait."""
    (ted,) = world.seed(TED)
    contact, outcomes = phone_of(world, ted), []

    def press() -> None:
        with world.context.transaction() as work:
            outcomes.append(codes.send(work, **RUN, contact=contact))

    at_once([press] * RIVALS)
    assert len([outcome for outcome in outcomes if isinstance(outcome, Sent)]) == 1
    with world.context.reading() as session:
        assert session.scalar(select(func.count(Code.id))) == 1


def test_one_recovery_code_is_used_once(world: World) -> None:
    """Threat 30, parallel use: sixteen times the same code is one proof and one letter."""
    (meg,) = world.seed(MEG)
    code, proofs = recovery_set(world, meg)[0], []

    def prove() -> None:
        with world.context.transaction() as work:
            proofs.append(recovery_codes.prove(work, meg, code))

    at_once([prove] * RIVALS)
    assert proofs.count(True) == 1
    with world.context.reading() as session:
        assert recovery_codes.remaining(session, meg) == 9


def test_two_sets_at_once_leave_one(world: World) -> None:
    """Two tabs make a set each: ten codes work, those of the later one."""
    (meg,) = world.seed(MEG)
    made: list[list[str]] = []
    at_once([lambda: made.append(recovery_set(world, meg))] * 4)
    with world.context.reading() as session:
        assert recovery_codes.remaining(session, meg) == 10
    with world.context.transaction() as work:
        fitting = [codes_ for codes_ in made if recovery_codes.prove(work, meg, codes_[0])]
    assert len(fitting) == 1


def test_of_the_last_two_factors_one_stays(world: World) -> None:
    """Two tabs remove one each: the second is told that it is the last."""
    (ted,) = world.seed(type(TED)(**{**vars(TED), "totp_secret": MEG.totp_secret}))
    bind(world, ted, "sms")
    with world.context.reading() as session:
        ids = [method.id for method in mfa.methods(session, ted)]
    outcomes: list[object] = []

    def remove(method_id: str) -> None:
        with world.context.transaction() as work:
            outcomes.append(mfa.remove(work, ted, method_id))

    at_once([lambda one=one: remove(one) for one in ids])  # type: ignore[misc]
    assert {type(outcome) for outcome in outcomes} == {LastMethod, Removed}
    with world.context.reading() as session:
        assert mfa.enrolled(session, ted)
