"""One origin: every public path of the contract belongs to exactly one service, which really answers there."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from deploy import run
from deploy.allinone import PRIVATE, SERVICES, PrefixTable
from deploy.docs.house import services
from tests.architecture.conftest import House

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# contract.md, "One origin", as far as the suite has been built. A path stands here once it answers.
CONTRACT = {
    "identity": [
        "/",
        "/login",
        "/logout",
        "/recover",
        "/account",
        "/account/",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/oauth/authorize",
        "/oauth/token",
        "/oauth/jwks",
        "/oauth/userinfo",
        "/oauth/introspect",
        "/oauth/revoke",
        "/.well-known/ssf-configuration",
        "/ssf/streams",
        "/api/identity/openapi.json",
        "/api/identity/docs",
    ],
    "registration": [
        "/register",
        "/register/",
        "/desk",
        "/desk/",
        "/api/registration/openapi.json",
        "/api/registration/docs",
    ],
    "access-manager": [
        "/manage",
        "/manage/",
        "/.well-known/authzen-configuration",
        "/access/v1/evaluation",
        "/access/v1/evaluations",
        "/api/access/openapi.json",
        "/api/access/docs",
    ],
    "availability": [
        "/status",
        "/status/calendar.ics",
        "/status.json",
        "/hours",
        "/hours/",
        "/gate/check",
        "/api/availability/openapi.json",
        "/api/availability/docs",
    ],
}
PATHS = [(owner, path) for owner, paths in CONTRACT.items() for path in paths]


@pytest.fixture(scope="module")
def table() -> PrefixTable:
    """The real prefix table in front of apps that only say their name."""
    return PrefixTable({one.name: sign(one.name) for one in SERVICES}, SERVICES, sign("dev"))


def sign(name: str) -> WSGI:
    """An app that answers with its name."""
    return lambda _environ, _start: [name.encode()]


def owner_of(table: PrefixTable, path: str) -> str:
    """Who answers at a path."""
    return b"".join(table({"PATH_INFO": path}, lambda *_: None)).decode()  # type: ignore[arg-type]


def test_all_services_stand_in_the_table() -> None:
    """A folder in services/ is a service of the suite, and the other way round."""
    assert {one.name for one in SERVICES} == {one.name for one in services()}


@pytest.mark.parametrize(("owner", "path"), PATHS)
def test_a_path_of_the_contract_leads_to_its_service(table: PrefixTable, owner: str, path: str) -> None:
    """The longest prefix wins, and identity has what nobody claims."""
    assert owner_of(table, path) == owner


@pytest.mark.parametrize(("owner", "path"), PATHS)
def test_the_service_answers_there(house_of: Callable[[str], House], owner: str, path: str) -> None:
    """Some method is routed at the path."""
    adapter = house_of(owner.replace("-", "_"))[2].url_map.bind("localhost")
    assert any(routed(adapter, path, method) for method in ("GET", "POST"))


def test_no_prefix_is_claimed_twice() -> None:
    """Two services never answer at one address."""
    claimed = [prefix for one in SERVICES for prefix in one.prefixes]
    assert sorted(claimed) == sorted(set(claimed))


def test_services_stay_behind_their_prefixes(table: PrefixTable, house: House) -> None:
    """Whatever a service routes reaches it through the public origin, except what is on its own port only."""
    service, _, app = house
    rules = {rule.rule for rule in app.url_map.iter_rules()} - set(PRIVATE)
    assert sorted(rule for rule in rules if owner_of(table, rule) != service.name) == []


def test_health_and_metrics_are_not_public(table: PrefixTable) -> None:
    """Asked from outside they lead to an address that nobody has."""
    for path in PRIVATE:
        environ = {"PATH_INFO": path}
        table(environ, lambda *_: None)  # type: ignore[arg-type]
        assert environ["PATH_INFO"] != path


def routed(adapter: Any, path: str, method: str) -> bool:
    """Whether a view stands at the path."""
    try:
        adapter.match(path, method=method)
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


@pytest.mark.parametrize("path", ["/a\r\nSet-Cookie: x=1", "/a?b", "/a#b", "/ä".encode().decode("latin-1")])
def test_a_browser_that_came_by_another_name_is_led_to_the_same_path(path: str) -> None:
    """Whatever stands in the path (decoded by then) stays in the path: no header of its own, no query, no fragment."""
    told: list[tuple[str, str]] = []
    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT": "text/html", "HTTP_HOST": "127.0.0.1:8000", "PATH_INFO": path}
    door = run._Canonical(sign("suite"), "http://localhost:8000")
    b"".join(door(environ, lambda _status, headers: told.extend(headers)))  # type: ignore[arg-type]
    location = dict(told)["Location"]
    assert location == "http://localhost:8000" + quote(path, encoding="latin-1")
    assert location.isascii() and location.isprintable()
