"""An identity with clients and an operator in front of it, for the pages and APIs of clients."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from identity.oidc import bootstrap
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.clients.service import ensure_client
from identity.oidc.failures import recorder
from identity.oidc.failures.recorder import Failure
from tests.service.identity.offices import at_work
from tests.service.identity.world import World
from tests.support.pages import PageVisitor

PORTAL = "https://portal.example"
SECRET = "portal-".ljust(48, "x")


@contextmanager
def desk(folder: Path) -> Iterator[World]:
    """A running identity with keys and the suite's own clients."""
    world = World(folder)
    with world.context.transaction() as work:
        bootstrap.prepare(work, {}, {})
        for spec in bootstrap.first_party(world.origin, PORTAL).values():
            ensure_client(work, spec, SECRET)
    yield world
    world.close()


def working(world: World, account_id: str, path: str, language: str = "en") -> PageVisitor:
    """A browser of somebody of the staff, at a page."""
    visitor = at_work(world, account_id, language)
    visitor.open(path)
    return visitor


def client_of(world: World, client_id: str) -> Client:
    """The client as it is registered now."""
    with world.context.reading() as session:
        found = clients.find(session, client_id)
    assert found is not None
    return found


def failures_of(context: Any, client_id: str) -> dict[str, Failure]:
    """What is on record for a client, by code."""
    with context.reading() as session:
        return {one.code: one for one in recorder.of_client(session, client_id)}


def own_token(world: World, client_id: str, secret: str) -> httpx.Response:
    """What a program gets that asks for a token of its own."""
    transport = httpx.WSGITransport(app=world.app)
    with httpx.Client(transport=transport, base_url=world.origin) as http:
        return http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret))


def a_moment(world: World) -> None:
    """Time passes, so that whatever is kept for a moment is looked at again."""
    world.clock.advance(timedelta(seconds=1))


def shown_secret(visitor: PageVisitor) -> str:
    """The secret on the page."""
    found = re.search(
        r'<pre class="gh-copy__text" id="(?:secret|token)">([A-Za-z0-9_-]{43})</pre>', visitor.answer.text
    )
    assert found, visitor.text
    return found.group(1)
