"""Every page of identity under the same attacks, read off the app itself: a page added tomorrow is in here too."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from shared.auth.declared import ATTRIBUTE, Access
from tests.service.identity.world import MEG, PAT, World, type_code
from tests.support.pages import PageVisitor

EVIL = "https://evil.example"
_PAGES = frozenset({"session", "page"})


def pages(world: World, method: str) -> Iterator[tuple[str, Access]]:
    """(address with made-up ids, declaration) of every page that takes the method."""
    for rule in world.app.url_map.iter_rules():
        access = getattr(world.app.view_functions[rule.endpoint], ATTRIBUTE, None)
        if access is not None and access.kind in _PAGES and method in (rule.methods or set()):
            yield _filled(rule), access


def _filled(rule: Rule) -> str:
    named = re.sub(r"<any\(['\"]?([\w-]+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<[^>]+>", "made_up", named)


@pytest.fixture
def meg(world: World) -> PageVisitor:
    """Meg, signed in as strongly as she can."""
    world.seed(MEG, PAT)
    visitor = world.signed_in(MEG)
    type_code(visitor, world.code())
    visitor.open("/account")
    assert visitor.address.endswith("/account")
    return visitor


def told(world: World) -> tuple[int, int, int]:
    """What would show that something happened."""
    return len(world.published()), len(world.audited()), len(world.mails())


class TestForgery:
    """threat 21: login, step-up, enrolment, sign-out, switch, every other form."""

    def test_attack_21_no_form_is_taken_from_another_site(self, world: World, meg: PageVisitor) -> None:
        """threat 21: with our token, which the attacker cannot have, and their origin: 403, and nothing happened."""
        token = meg.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
        before, posts = told(world), list(pages(world, "POST"))
        assert len(posts) > 20
        for address, _access in posts:
            for headers in ({"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
                answer = meg._http.post(world.origin + address, data={"csrf_token": token}, headers=headers)
                assert answer.status_code == 403, (address, headers)
        assert told(world) == before

    def test_attack_21_no_form_is_taken_without_our_token(self, world: World, meg: PageVisitor) -> None:
        """threat 21: our own origin, or a program that says none, and no token or somebody else's."""
        stranger = world.browser()
        stranger.open("/login")
        foreign = stranger.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
        before = told(world)
        for address, _access in pages(world, "POST"):
            for headers in ({"Origin": world.origin}, {}):
                for data in ({}, {"csrf_token": ""}, {"csrf_token": "a.b"}, {"csrf_token": foreign}):
                    answer = meg._http.post(world.origin + address, data=data, headers=headers)
                    assert answer.status_code == 403, (address, data)
        assert told(world) == before


class TestFramesAndCaches:
    """threats 22 and 47."""

    def test_attack_22_nothing_can_be_framed(self, world: World, meg: PageVisitor) -> None:
        """threat 22: every page, also where it refuses, redirects or is not there."""
        for visitor in (meg, world.browser()):
            for address in (*(address for address, _ in pages(world, "GET")), "/no/such/page"):
                headers = visitor._http.get(world.origin + address).headers
                assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
                assert headers["X-Frame-Options"] == "DENY", address

    def test_attack_47_no_cache_keeps_a_page(self, world: World, meg: PageVisitor) -> None:
        """threat 47: `no-store` on every page, whatever a cache would make of the end of its address."""
        addresses = [address for address, _ in pages(world, "GET")]
        for address in (*addresses, *(f"{address}/x.css" for address in addresses), *(f"{a};x.css" for a in addresses)):
            answer = meg._http.get(world.origin + address)
            assert answer.headers["Cache-Control"] == "no-store" or answer.headers["Content-Type"].startswith(
                ("text/css", "text/javascript")
            ), address

    def test_attack_47_no_header_makes_another_host_ours(self, world: World) -> None:
        """threat 47, threat 25: links, tickets and the issuer come from the settings."""
        visitor = world.browser()
        for header in ("X-Forwarded-Host", "X-Original-Host", "Forwarded"):
            sent = {header: "evil.example" if header != "Forwarded" else "host=evil.example"}
            for path in ("/login", "/account", "/.well-known/openid-configuration", "/logout/idle"):
                answer = visitor._http.get(world.origin + path, headers=sent)
                assert "evil.example" not in answer.text + str(answer.headers), (header, path)


def test_attack_32_every_page_of_a_person_asks_who_is_there(world: World) -> None:
    """threat 32, threat 25: nobody, and whoever left sign-in half-way, is led to sign-in, on this origin."""
    world.seed(MEG)
    half = world.signed_in(MEG)
    for visitor in (world.browser(), half):
        for address, access in pages(world, "GET"):
            if access.kind == "session":
                answer = visitor._http.get(world.origin + address)
                assert answer.status_code == 303, address
                assert answer.headers["Location"].startswith("/login?ticket="), address
