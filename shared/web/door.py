"""The edge: the only place that reads flask's ambient state; views take what they need here and pass it inward."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app, g
from sqlalchemy.orm import Session

from shared.service import SYSTEM, Actor, Context, Work


def context() -> Context:
    """Return the context of the service that answers this request."""
    return cast("Context", current_app.extensions["gatehouse"])


def actor() -> Actor:
    """Return who acts in this request, as its declaration found out; the system where nobody is known."""
    return cast("Actor", g.get("gatehouse_actor", SYSTEM))


def request_id() -> str:
    """Return the id that ties together everything this request causes."""
    return cast("str", g.get("gatehouse_request_id", ""))


@contextmanager
def transaction(acting: Actor | None = None) -> Iterator[Work]:
    """Give a unit of work for this request; `acting` overrides the actor (a page that has just learnt who it is)."""
    with context().transaction(acting or actor(), request_id()) as work:
        yield work


@contextmanager
def reading() -> Iterator[Session]:
    """Give a session for queries only."""
    with context().reading() as session:
        yield session
