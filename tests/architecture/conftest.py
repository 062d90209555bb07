"""Every service, built once for all guard rails: real apps, no server, nothing migrated."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from deploy.docs.house import open_house, packages, service
from shared.service import Context, Service

House = tuple[Service, Context, Flask]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `package` runs once for each service."""
    if "package" in metafunc.fixturenames:
        metafunc.parametrize("package", packages())


@pytest.fixture(scope="session")
def house_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], House]]:
    """`house_of("identity")` is that service, its context and its app, built at the first call."""
    made: dict[str, House] = {}

    def build(package: str) -> House:
        if package not in made:
            one = service(package)
            made[package] = (one, *open_house(one, tmp_path_factory.mktemp(package)))
        return made[package]

    yield build
    for _, context, _ in made.values():
        context.database.close()


@pytest.fixture
def house(house_of: Callable[[str], House], package: str) -> House:
    """The service of this run."""
    return house_of(package)


@pytest.fixture
def fresh_house(package: str, tmp_path: Path) -> Iterator[House]:
    """The service of this run, built anew, for a test that adds to it."""
    one = service(package)
    context, app = open_house(one, tmp_path)
    yield one, context, app
    context.database.close()
