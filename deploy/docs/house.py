"""The house as the generators and the guard rails see it: its folders, its services, its files.

Services are found by looking into `services/`, so a new one is on every page, and under every guard rail, unasked.
"""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from flask import Flask

from shared import runtime
from shared.config import Settings
from shared.service import Context, Service

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SERVICES = ROOT / "services"


@cache
def packages() -> tuple[str, ...]:
    """The import names of the services, in the order of their folders."""
    return tuple(sorted(file.parent.name for file in SERVICES.glob("*/*/app.py")))


def service(package: str) -> Service:
    """The service of a package. Errors: `ImportError` while somebody has it in pieces."""
    found = import_module(f"{package}.app").SERVICE
    if not isinstance(found, Service):
        raise TypeError(f"{package}.app has no SERVICE")
    return found


def services() -> list[Service]:
    """Every service, in the order of their folders."""
    return [service(package) for package in packages()]


def settings_for(one: Service, folder: Path) -> Settings:
    """The smallest settings a service takes: SQLite in `folder`, everything else in this process."""
    return one.settings.model_validate(
        {
            "mode": "test",
            "database_url": f"sqlite:///{folder}/{one.name}.db",
            "broker_url": "memory:",
            "cache_url": "memory:",
            "secret_key": "k" * 32,
            "service_client_secret": "s" * 32,
            "trusted_proxies": 0,
        }
    )


def open_house(one: Service, folder: Path) -> tuple[Context, Flask]:
    """The service and its app, built but not migrated; nothing connects before somebody asks."""
    context = runtime.build(one, settings_for(one, folder))
    return context, runtime.web(context)


def python_files(*folders: str) -> list[Path]:
    """Every Python file under the folders (named from the root), in order."""
    found = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return sorted(file for file in found if not {"__pycache__", "node_modules"} & set(file.parts))


@cache
def tree_of(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def from_root(file: Path) -> str:
    """The path as people write it: from the root of the repository, with slashes."""
    return file.resolve().relative_to(ROOT).as_posix()


def file_of(module: str) -> Path:
    """The file of one of our modules, without importing it."""
    parts = module.split(".")
    for base in (ROOT, *sorted(SERVICES.iterdir())):
        for file in (base.joinpath(*parts).with_suffix(".py"), base.joinpath(*parts, "__init__.py")):
            if file.is_file():
                return file
    raise LookupError(f"{module} is no module of the house")


def functions_in(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
