"""The declaration that every view carries, and the one hook that enforces it.

A view without a declaration answers 500 in every environment: forgetting is loud, never open. Enforcement happens
before the body is parsed, so that a stranger learns nothing from validation messages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeVar, cast

from flask import current_app, g, request
from flask.typing import ResponseReturnValue

from shared.auth.bearer import admitted
from shared.auth.possession import Call
from shared.auth.stepup import Demands, insist
from shared.auth.verifier import Caller
from shared.errors import Problem, forbidden
from shared.service import Actor, Context

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "gatehouse_access"


@dataclass(frozen=True)
class Access:
    """How a view is protected: `kind` and `detail` for the guard rail and the docs, `enforce` for the request.

    `enforce` returns None to let the request pass, or the answer to give instead; it may raise Problem. `csrf` says
    whether unsafe requests need a form token (pages do; bearer calls do not).
    """

    kind: str
    detail: str
    enforce: Callable[[], ResponseReturnValue | None]
    csrf: bool


def declare(access: Access) -> Callable[[View], View]:
    """Attach a declaration to a view."""

    def attach(view: View) -> View:
        setattr(view, ATTRIBUTE, access)
        view.gatehouse_csrf = access.csrf  # type: ignore[attr-defined]
        return view

    return attach


def requires(
    scope: str, *, acr: str | None = None, max_age: timedelta | None = None, unheld: bool = False
) -> Callable[[View], View]:
    """The view needs an access token of identity, for this service, with `scope`; a bound one with its proof.

    A person's token must also tell of a sign-in at `acr`, not older than `max_age` (RFC 9470), and `unheld`: with no
    way of signing in that is still held back after a recovery. A program has no sign-in; its scope is all it needs.
    """
    demands = Demands(acr, max_age, unheld)
    return declare(Access("scope", scope, lambda: _bearer(scope, demands), csrf=False))


def asks_for(scope: str) -> Callable[[View], View]:
    """The view needs an access token with `scope` and asks for it itself (`admitted`): it answers the express lane."""
    return declare(Access("scope", scope, lambda: None, csrf=False))


def open_to_all(why: str) -> Callable[[View], View]:
    """Anybody may call, for the reason given; no cookie of ours means anything there."""
    return declare(Access("open", why, lambda: None, csrf=False))


def open_page(why: str) -> Callable[[View], View]:
    """Anybody may see the page, for the reason given; its forms carry a token."""
    return declare(Access("page", why, lambda: None, csrf=True))


def caller() -> Caller:
    """Return whom the access token of this request names; only in views that declare `requires`."""
    return cast("Caller", g.gatehouse_caller)


def insist_program() -> None:
    """Refuse a token that speaks of a person with 403: a scope says what the app may ask, not what the person may."""
    if caller().subject != caller().client_id:
        raise forbidden("programs-only", "Only a program with its own token (client credentials) may call this.")


def enforce() -> ResponseReturnValue | None:
    """The hook: apply the declaration of the view that is about to run."""
    if request.endpoint is None:
        return None  # no route matched: the 404 or 405 is raised when the view would run
    access = getattr(current_app.view_functions[request.endpoint], ATTRIBUTE, None)
    if access is None:
        raise Problem(500, "undeclared", "This endpoint does not say who may call it.")
    return cast("Access", access).enforce()


def _bearer(scope: str, demands: Demands) -> None:
    context = cast("Context", current_app.extensions["gatehouse"])
    found = admitted(context, request.headers.get, Call(request.method, request.path), scope)
    is_person = found.subject != found.client_id
    if is_person:
        insist(found, demands, context.clock.now())
    g.gatehouse_caller = found
    kind: Literal["person", "client"] = "person" if is_person else "client"
    g.gatehouse_actor = Actor(found.subject, kind, found.population, acted_by=_acting(found.claims.get("act")))


def _acting(act: object) -> Actor | None:
    """Return who acts for the person of an exchanged token, the last of the chain (RFC 8693 §4.1); None for any other.

    A program that acts by itself is its own `sub`, as in a token of its own (RFC 9068 §2.2).
    """
    if not isinstance(act, dict):
        return None
    acting, client_id = str(act.get("sub")), act.get("client_id")
    return Actor(acting, "client" if acting == client_id else "person")
