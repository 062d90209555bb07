"""A person's own history: what happened, in words that are the same for the person, the desk and the auditor."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from identity.accounts import service as accounts
from identity.risk.reasons import SENTENCES
from shared.service import Actor
from tests.service.identity.browsers import FIREFOX, LISBON, at, codes_sent, known_at, placed, sign_in
from tests.service.identity.world import OLA, PAT, World, type_code, type_password
from tests.support.pages import PageVisitor

PAGE = "/account/activity"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An identity that knows places."""
    made = placed(tmp_path)
    yield made
    made.close()


@pytest.fixture
def people(world: World) -> Sequence[str]:
    """Pat and Ola have had accounts for a day."""
    found = world.seed(PAT, OLA)
    world.clock.advance(timedelta(days=1))
    return found


def titles(visitor: PageVisitor) -> list[str]:
    """What the entries of the page are called, from above."""
    return [str(one.text_content()) for one in visitor._page.xpath("//*[@class='usa-timeline__text']")]


def test_sign_ins_are_told_with_browser_place_and_reasons(world: World, people: Sequence[str]) -> None:
    """Plain event names, newest first; what was noticed stands below, in the words of the challenge."""
    known_at(world, PAT)
    world.clock.advance(timedelta(minutes=1))
    type_password(at(world, LISBON), PAT.user_id, "not the password")
    world.clock.advance(timedelta(minutes=10))
    abroad = sign_in(at(world, LISBON, FIREFOX), PAT)
    type_code(abroad, codes_sent(world)[-1])
    abroad.open(PAGE)
    said = abroad.text
    order = ["Signed in, after a check", "Wrong password", "Signed out", "Signed in", "Account opened"]
    assert [title for title in titles(abroad) if title in order] == order
    assert all(SENTENCES[code] in said for code in ("new_device", "new_network", "new_country", "far_travel"))
    assert "Firefox on Linux · Lisbon · 198.51.100.7" in said


def test_what_others_did_is_told_without_their_names(world: World, people: Sequence[str]) -> None:
    """The desk's acts are there; who sat at the desk is the auditor's business."""
    with world.context.transaction(Actor(people[1], "person", "staff")) as work:
        accounts.require_reset(work, people[0], "asked_by_phone")
    with world.context.transaction(Actor(people[1], "person", "staff")) as work:
        accounts.clear_reset(work, people[0])
    pat = sign_in(at(world), PAT)
    pat.open(PAGE)
    assert "A new password was demanded" in pat.text
    assert "Done by the support desk." in pat.text
    assert OLA.display_name not in pat.text


def test_nobody_reads_anothers_history(world: World, people: Sequence[str]) -> None:
    """Threat 35: the page knows one account, that of the session."""
    known_at(world, PAT)
    stranger = at(world)
    stranger.open(f"{PAGE}?account_id={people[0]}")
    assert "/login" in stranger.address


def test_older_entries_are_a_page_away(world: World, people: Sequence[str]) -> None:
    """Thirty on a page; nothing is left out between two pages, and the last one says that it is the last."""
    for _ in range(20):
        known_at(world, PAT)
        world.clock.advance(timedelta(minutes=1))
    pat = sign_in(at(world), PAT)
    pat.open(PAGE)
    shown = titles(pat)
    assert 25 < len(shown) <= 30
    pat.follow("Older activity")
    shown += titles(pat)
    assert (shown.count("Signed in"), shown.count("Signed out"), shown[-1]) == (21, 20, "Account opened")
    pat.follow("Newest first page")
    assert pat.address.endswith(PAGE)


@pytest.mark.parametrize("before", ["yesterday", "2026-11-23", "", "9" * 500])
def test_an_address_that_names_no_instant_is_refused(world: World, people: Sequence[str], before: str) -> None:
    """Threat 49: 400, never a fault of ours."""
    pat = sign_in(at(world), PAT)
    pat.open(f"{PAGE}?before={before}")
    assert pat.answer.status_code == 400


def test_a_browser_s_name_cannot_break_the_page(world: World, people: Sequence[str]) -> None:
    """Threat 46: what a User-Agent or a place holds is text."""
    pat = sign_in(at(world, agent="<script>alert(1)</script> Firefox/127.0"), PAT)
    for page in (PAGE, "/account/devices"):
        pat.open(page)
        assert "<script>alert(1)" not in pat.answer.text
