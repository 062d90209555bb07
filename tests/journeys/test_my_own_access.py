"""Everybody sees their own access with the sign-in they have; deciding about others takes two factors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.story import THURSDAY, sign_in
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess, one_process, person


@pytest.fixture
def priya(tmp_path: Path) -> Iterator[PageVisitor]:
    """A member who has nothing but a password, before the sign-in."""
    with one_process(tmp_path, THURSDAY) as world:
        yield signed_in(world, "/manage/mine")


def signed_in(world: OneProcess, address: str) -> PageVisitor:
    """Open a page and type the password that it asks for."""
    visitor = PageVisitor(world.base_url)
    sign_in(visitor, address, "priya.nair", person(world, "priya.nair")["password"])
    return visitor


def test_g15_a_password_is_enough_to_see_who_controls_my_access(priya: PageVisitor) -> None:
    """G15: what I may do, and the names of those who decide about it, without setting up anything first."""
    assert priya.address.endswith("/manage/mine")
    assert "Northfield Family Medicine" in priya.text
    assert "Alice Moreno" in priya.text


def test_the_console_asks_for_a_second_factor(priya: PageVisitor) -> None:
    """The pages of managers are another matter: the same session is led on to set one up."""
    priya.open("/manage")
    assert "/login" in priya.address or "/account" in priya.address
    assert "Requests" not in priya.text
