"""The sign-in page is drawn once for each language, and nobody finds anything of somebody else's on it."""

import re
from pathlib import Path

import httpx
import pytest

from tests.service.identity.world import ORIGIN, PASSWORD, PAT, World, type_password
from tests.support.pages import PageVisitor

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_PASSING = re.compile(r'name="csrf_token" value="[^"]+"|data-(?:now|clock|time)[a-z-]*="[^"]*"')
_SEED = re.compile(r"=[\w-]{43};")
_OWN = frozenset({"set-cookie", "x-request-id"})  # of each answer


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


def ask(world: World, **headers: str) -> httpx.Response:
    """Ask for the page from outside, without any cookie but those given."""
    with httpx.Client(transport=httpx.WSGITransport(app=world.app), base_url=ORIGIN) as http:
        return http.get("/login", headers=headers)


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


def test_the_short_way_gives_what_the_long_way_gives(world: World) -> None:
    """The page that is given before the framework wakes up has the text and headers of the other."""
    first, second = ask(world), ask(world)
    assert _PASSING.sub("", first.text) == _PASSING.sub("", second.text)
    kept = [{name: value for name, value in answer.headers.items() if name not in _OWN} for answer in (first, second)]
    assert kept[0] == kept[1]
    assert kept[0]["content-type"] == "text/html; charset=utf-8" and kept[0]["cache-control"] == "no-store"
    seeds = [_SEED.sub("=…;", answer.headers["set-cookie"]) for answer in (first, second)]
    assert seeds[0] == seeds[1] and "HttpOnly" in seeds[0]


def test_a_browser_that_has_a_seed_keeps_it(world: World) -> None:
    """Another open tab of it would have a dead form otherwise; a seed that is none of ours is replaced."""
    ask(world)
    seed = ask(world).cookies["gatehouse_csrf"]
    assert "set-cookie" not in ask(world, Cookie=f"gatehouse_csrf={seed}").headers
    assert "set-cookie" in ask(world, Cookie="gatehouse_csrf=short").headers


@pytest.mark.parametrize(
    ("headers", "spoken"),
    [
        ({}, "en"),
        ({"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"}, "es"),
        ({"Accept-Language": "en;q=0.1, es;q=0.2"}, "es"),
        ({"Accept-Language": "es", "Cookie": "gatehouse_language=en"}, "en"),
        ({"Accept-Language": "de, *;q=0.5"}, "en"),
        ({"Accept-Language": "*;;q=x,", "Cookie": "=;;gatehouse_language="}, "en"),
    ],
)
def test_both_ways_speak_the_language_that_is_wanted(world: World, headers: dict[str, str], spoken: str) -> None:
    """Whichever languages were drawn before; the cookie of the switch goes before what the browser asks for."""
    for _ in range(3):
        answer = ask(world, **headers)
        assert f'lang="{spoken}"' in answer.text
        assert answer.headers["content-language"] == spoken
        ask(world, **{"Accept-Language": "es"})


def test_what_a_browser_brings_is_never_passed_over(world: World) -> None:
    """A session, dead or living, and the mark of a shared computer are looked at, whatever their whole name is."""
    ask(world)
    browser = world.browser()
    page(browser)
    type_password(browser, PAT.user_id, PASSWORD)
    secret = browser.cookies["gh_session"]
    assert ask(world, Cookie=f"a=b; gh_session={secret}").status_code == 303
    assert ask(world, Cookie="gh_session=nobody's").status_code == 200


def test_cookies_that_are_no_text_are_passed_over(world: World) -> None:
    """Threat 57: bytes that no browser sends get the page, in the long way and in the short one."""
    http = world.app.test_client(use_cookies=False)
    for _ in range(2):
        assert http.get("/login", headers={"Cookie": "a=\xff\xfe; gatehouse_csrf=\xff"}).status_code == 200
