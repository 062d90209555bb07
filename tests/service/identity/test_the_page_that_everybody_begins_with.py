"""The sign-in page is drawn once for each language, and nobody finds anything of somebody else's on it."""

import re
from pathlib import Path

import pytest

from tests.service.identity.world import PASSWORD, PAT, World, type_password
from tests.support.pages import PageVisitor

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_PASSING = re.compile(r'name="csrf_token" value="[^"]+"|data-(?:now|clock|time)[a-z-]*="[^"]*"')


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An identity that Pat may enter."""
    made = World(tmp_path)
    made.seed(PAT)
    return made


def page(browser: PageVisitor, address: str = "/login") -> str:
    """The page as text."""
    browser.open(address)
    return browser.answer.text


def token_of(text: str) -> str:
    """The form token on a page."""
    found = _TOKEN.search(text)
    assert found
    return found[1]


def test_every_browser_gets_a_token_of_its_own_and_may_use_it(world: World) -> None:
    """Threat 21: a token drawn once for all would guard nobody."""
    first, second = world.browser(), world.browser()
    assert token_of(page(first)) != token_of(page(second))
    for browser in (second, first):
        type_password(browser, PAT.user_id, PASSWORD)
        assert browser.answer.status_code == 200
        assert "Pat" in browser.answer.text


def test_nothing_that_somebody_typed_or_asked_for_stays_on_it(world: World) -> None:
    """Neither a name that was typed nor an app that somebody came from, whoever asks next."""
    stranger = world.browser()
    before = page(stranger)
    type_password(stranger, "somebody.else", "not the password at all")
    assert "somebody.else" in stranger.answer.text
    after = page(world.browser())
    assert "somebody.else" not in after
    assert _PASSING.sub("", after) == _PASSING.sub("", before)


def test_each_language_has_its_own(world: World) -> None:
    """In whatever order they are asked for."""
    browser = world.browser()
    spanish, english, again = (page(browser, f"/login?lang={tag}") for tag in ("es", "en", "es"))
    plain = page(browser)
    assert 'lang="es"' in spanish and 'lang="es"' in again and 'lang="es"' in plain
    assert 'lang="en"' in english
    assert 'lang="en"' in page(world.browser())


def test_whoever_is_signed_in_is_led_on(world: World) -> None:
    """The drawing is for people who are not there yet."""
    browser = world.browser()
    page(browser)
    type_password(browser, PAT.user_id, PASSWORD)
    assert 'name="password"' in page(world.browser())
    assert 'name="password"' not in page(browser)
