"""The suite in each of its shapes, for judges that know only its public address."""

from collections.abc import Iterator

import pytest

from tests.conformance.harness.exchange import Exchange
from tests.conformance.harness.fapi import FapiExchange
from tests.conformance.harness.issuers import gatehouse, judge
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Listener
from tests.journeys.story import THURSDAY
from tests.support.world import World, one_process

SHAPES = [
    pytest.param("one_process_world", id="in-one-process"),
    pytest.param("stack_world", id="on-the-stack", marks=pytest.mark.stack),
]


@pytest.fixture(scope="module")
def one_process_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The all-in-one suite with demo people."""
    with one_process(tmp_path_factory.mktemp("world"), THURSDAY) as running:
        yield running


@pytest.fixture(params=SHAPES)
def world(request: pytest.FixtureRequest) -> World:
    """A running suite with demo people."""
    running: World = request.getfixturevalue(request.param)
    return running


@pytest.fixture(scope="package")
def app() -> Iterator[Listener]:
    """The app of the suite, to which issuers send browsers and logout tokens."""
    listening = Listener()
    yield listening
    listening.close()


@pytest.fixture(scope="package", params=["gatehouse", "oidc-provider"])
def subject(
    request: pytest.FixtureRequest, app: Listener, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subject]:
    """The issuer under test: Gatehouse, and another that the same module must find right (`-k oidc-provider`)."""
    with (
        gatehouse.running(tmp_path_factory.mktemp("gatehouse"), app.origin)
        if request.param == "gatehouse"
        else judge.running(app.origin)
    ) as running:
        yield running


@pytest.fixture(params=[pytest.param(None, id="code"), "form_post"])
def exchange(request: pytest.FixtureRequest, subject: Subject, app: Listener) -> Exchange:
    """The client and the browser of one module of the basic plan, in both of its response modes."""
    return Exchange(subject, app, request.param)


@pytest.fixture
def fapi(subject: Subject, app: Listener) -> FapiExchange:
    """The first client of the FAPI plan, with a browser in which nobody is signed in."""
    return FapiExchange(subject, app)
