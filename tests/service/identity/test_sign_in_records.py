"""What is kept of a sign-in: once, for half a year, and as what it became (capabilities D1, D2, D4)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from identity.risk import service as risk
from tests.service.identity.browsers import (
    FIREFOX,
    LISBON,
    UNPLACED,
    at,
    codes_sent,
    known_at,
    letters,
    placed,
    same_browser,
    sign_in,
    sign_ins,
    sign_out,
)
from tests.service.identity.world import PAT, World, type_code, type_password


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity that knows places."""
    made = placed(tmp_path)
    yield made
    made.close()


@pytest.fixture
def people(world: World) -> Sequence[str]:
    """Pat has an account and has signed in before."""
    found = world.seed(PAT)
    known_at(world, PAT)
    return found


def test_a_verified_sign_in_is_one_row(world: World, people: Sequence[str]) -> None:
    """Asked and answered is one event, told as verified, with the reasons for which it was asked."""
    abroad = sign_in(at(world, LISBON, FIREFOX), PAT)
    assert (sign_ins(world)[-1].outcome, sign_ins(world)[-1].verdict) == ("signed_in", "verify")
    type_code(abroad, codes_sent(world)[-1])
    assert (len(sign_ins(world)), sign_ins(world)[-1].outcome, sign_ins(world)[-1].verdict) == (2, "verified", "verify")
    assert ("sign_in.verified", people[0]) in world.audited()


def test_proving_again_in_the_same_session_is_a_row_of_its_own(world: World, people: Sequence[str]) -> None:
    """A second password in an open session is judged and kept anew; the first row stays what it was."""
    pat = sign_in(at(world), PAT)
    world.clock.advance(timedelta(minutes=30))
    later = world.clock.now() - timedelta(minutes=1)
    type_password(pat, PAT.user_id, PAT.password, world.ticket(not_before=later))
    rows = sign_ins(world)[1:]
    assert [row.outcome for row in rows] == ["signed_in", "signed_in"]
    assert len({row.session_id for row in rows}) == 1


def test_a_check_in_a_session_that_was_proved_twice_settles_the_last_row(world: World, people: Sequence[str]) -> None:
    """The check answers the sign-in that asked for it, and no other."""
    pat = sign_in(at(world), PAT)
    world.clock.advance(timedelta(minutes=30))
    moved = same_browser(world, pat, LISBON)
    type_password(moved, PAT.user_id, PAT.password, world.ticket(not_before=world.clock.now()))
    assert "/login/verify" in moved.address
    type_code(moved, codes_sent(world)[-1])
    assert [row.outcome for row in sign_ins(world)[1:]] == ["signed_in", "verified"]


def test_what_is_recent_comes_first_and_only_ones_own(world: World, people: Sequence[str]) -> None:
    """The desk and the person read the same rows, newest first."""
    world.clock.advance(timedelta(minutes=1))
    type_password(at(world, UNPLACED), PAT.user_id, "not the password")
    type_password(at(world, UNPLACED), "somebody.else", "not the password")
    with world.context.reading() as session:
        found = risk.recent(session, people[0], 10)
        assert len(risk.recent(session, people[0], 1)) == 1
    assert [(one.outcome, one.source, one.place) for one in found] == [
        ("refused", UNPLACED, "United States"),
        ("signed_in", "192.0.2.10", "Columbus, Ohio"),
    ]


def test_rows_go_after_half_a_year(world: World, people: Sequence[str]) -> None:
    """What was noticed is kept for 180 days; that it happened stays in the audit."""
    world.clock.advance(timedelta(days=179))
    world.run_jobs()
    assert len(sign_ins(world)) == 1
    world.clock.advance(timedelta(days=2))
    world.run_jobs()
    assert sign_ins(world) == []
    assert ("session.started", people[0]) in world.audited()


def test_who_was_away_for_half_a_year_starts_afresh(world: World, people: Sequence[str]) -> None:
    """Without rows there is nothing to compare with, as at the first sign-in."""
    world.clock.advance(timedelta(days=200))
    world.run_jobs()
    assert "/login/verify" not in sign_in(at(world, LISBON, FIREFOX), PAT).address


def test_habits_are_learnt_from_what_was_verified(world: World, people: Sequence[str]) -> None:
    """Two homes: after one check each, neither network and neither country is new again."""
    abroad = sign_in(at(world, LISBON, FIREFOX), PAT)
    type_code(abroad, codes_sent(world)[-1])
    sign_out(abroad)
    world.clock.advance(timedelta(hours=20))
    other = sign_in(at(world, LISBON), PAT)
    assert "/login/verify" not in other.address
    assert sign_ins(world)[-1].reasons == '["new_device"]'


def test_many_sign_ins_from_unknown_browsers_make_one_letter(world: World, people: Sequence[str]) -> None:
    """Ten are listed; the letter stays readable, and its link disowns them all."""
    for _ in range(12):
        sign_in(at(world, agent=FIREFOX), PAT)
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    (letter,) = letters(world, "A new sign-in to your account")
    assert letter.body.count("Firefox on Linux") == 10
    with world.context.reading() as session:
        kept = session.execute(text("SELECT sign_ins FROM sign_in_alarms")).scalar_one()
    assert kept.count("sgn_") == 12


def test_the_link_is_kept_as_a_hash(world: World, people: Sequence[str]) -> None:
    """Who reads the tables cannot sign anybody out."""
    sign_in(at(world, agent=FIREFOX), PAT)
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    (letter,) = letters(world, "A new sign-in to your account")
    token = letter.body.partition("token=")[2].split()[0]
    with world.context.reading() as session:
        assert token not in str(session.execute(text("SELECT * FROM sign_in_alarms")).all())


def test_links_that_are_over_go_after_half_a_year(world: World, people: Sequence[str]) -> None:
    """Nothing is kept of a letter for longer than of what it told."""
    sign_in(at(world, agent=FIREFOX), PAT)
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    world.clock.advance(timedelta(days=200))
    world.run_jobs()
    with world.context.reading() as session:
        assert session.execute(text("SELECT count(*) FROM sign_in_alarms")).scalar_one() == 0


def test_an_office_behind_ipv6_is_one_network(world: World, people: Sequence[str]) -> None:
    """Privacy addresses of RFC 8981 change daily; the network they come from does not."""
    first = sign_in(at(world, "2001:db8:77::1"), PAT)
    type_code(first, codes_sent(world)[-1])
    sign_out(first)
    world.clock.advance(timedelta(days=1))
    assert "/login/verify" not in sign_in(at(world, "2001:db8:77::beef"), PAT).address
