"""Every door says who may come in, and forgetting to say so shuts it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from shared.auth.declared import ATTRIBUTE, Access
from tests.architecture.conftest import House

SAFE = {"GET", "HEAD", "OPTIONS"}


def doors(app: Flask) -> Iterator[tuple[Rule, Callable[..., Any], Access | None]]:
    """Every address with its view and what the view declares."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        yield rule, view, getattr(view, ATTRIBUTE, None)


def test_every_address_says_who_may_call_it(house: House) -> None:
    """No view without a declaration, whoever added it: the floor's pages, the sign-in and the API page included."""
    assert [rule.rule for rule, _, access in doors(house[2]) if access is None] == []


def test_an_address_that_says_nothing_is_shut(fresh_house: House) -> None:
    """A forgotten declaration answers 500 before the view runs, on a page and on an API alike."""
    service, _, app = fresh_house
    ran: list[str] = []

    def seen() -> str:
        ran.append("seen")
        return "seen"

    paths = [f"{service.prefixes[0]}/forgotten", f"/api/{service.api}/v1/forgotten"]
    for path in paths:
        app.add_url_rule(path, f"forgotten {path}", seen, methods=["GET", "POST"])
    visitor = app.test_client()
    answers = [ask(path) for path in paths for ask in (visitor.get, visitor.post)]
    assert [answer.status_code for answer in answers] == [500] * 4
    assert answers[-1].get_json()["type"] == "/problems/undeclared"
    assert not ran


def test_every_form_of_a_page_needs_a_token(house: House) -> None:
    """What a cookie could authorize is guarded against other sites; what takes no cookie is open or takes a token."""
    unguarded = [
        f"{rule.rule} ({access.kind})"
        for rule, view, access in doors(house[2])
        if access and (rule.methods or set()) - SAFE and not getattr(view, "gatehouse_csrf", True)
        if access.kind not in {"scope", "open"}
    ]
    assert unguarded == []


def test_every_mutation_of_an_api_has_a_scope_or_a_reason(house: House) -> None:
    """A JSON API changes nothing for a caller without a scope, unless the view says in words why."""
    for rule, _, access in doors(house[2]):
        if rule.rule.startswith("/api/") and (rule.methods or set()) - SAFE:
            assert access is not None
            assert access.kind == "scope" or (access.kind == "open" and reads_as_a_reason(access)), rule.rule


def test_open_doors_say_why(house: House) -> None:
    """`open_to_all` and `open_page` carry a sentence, not a word."""
    open_ones = [
        (rule.rule, access) for rule, _, access in doors(house[2]) if access and access.kind in {"open", "page"}
    ]
    assert [path for path, access in open_ones if not reads_as_a_reason(access)] == []


def test_scopes_are_named_after_what_they_protect(house: House) -> None:
    """`things.verb`, as in the contract; one vocabulary for all services."""
    scopes = {access.detail for _, _, access in doors(house[2]) if access and access.kind == "scope"}
    assert all(scope.count(".") == 1 and scope == scope.lower() for scope in scopes), scopes


def reads_as_a_reason(access: Access) -> bool:
    """Four words at least."""
    return len(access.detail.split()) >= 4


def test_an_address_that_no_database_could_look_up_is_refused_before_anything_is(house: House) -> None:
    """NUL in a path or a query is 400 at every door with a name in it: PostgreSQL would answer it with a fault."""
    _, _, app = house
    visitor = app.test_client()
    paths = [re.sub(r"<[^>]+>", "a%00b", rule.rule) for rule, _, _ in doors(app) if rule.arguments]
    assert paths
    for path in [*paths, "/nowhere%00", "/healthz?name=a%00b"]:
        assert visitor.get(path).status_code == 400, path
    assert visitor.get("/healthz?name=a%2500b").status_code == 200
