"""docs/configuration.md: every setting, read off the models that read the environment."""

import ast
from collections import defaultdict
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from deploy.docs.house import file_of, python_files, services, tree_of
from deploy.docs.markdown import code, link, page, table
from shared.config import Settings
from shared.config.settings import PREFIX
from shared.service import Service

_INTRODUCTION = """
A setting is an environment variable. Each may be given directly or as `<NAME>_FILE`, the path of a file that holds the
value; giving both is refused, and so is a `GATEHOUSE_…` name that the service does not have (with a suggestion).
Secrets belong into files. `<service> config show` prints what a service would run with, secrets hidden, and names
values that are fine at home and dangerous in production.
"""
_OTHERS = "Read by single programs, outside of the settings:"


def render() -> str:
    """The page."""
    floor = _chapter("Every service", Settings, set())
    known = set(Settings.model_fields)
    own = [_own(service, known) for service in services()]
    rows = [[code(name), ", ".join(places)] for name, places in sorted(_read_elsewhere().items())]
    others = "\n\n".join(["## Other variables", _OTHERS, table(["variable", "read by"], rows)]) if rows else ""
    return page("Configuration", "the settings' models", _INTRODUCTION, floor, *own, others)


def _own(service: Service, known: set[str]) -> str:
    if set(service.settings.model_fields) - known:
        return _chapter(f"Only {service.name}", service.settings, known)
    return f"## Only {service.name}\n\nNothing beyond what every service has."


def _chapter(title: str, model: type[Settings], known: set[str]) -> str:
    rows = [
        [_names(name), _default(field), _values(field), field.description or ""]
        for name, field in model.model_fields.items()
        if name not in known
    ]
    read_in = f"Defined in {link(file_of(model.__module__))}."
    return "\n\n".join([f"## {title}", read_in, table(["variable", "default", "values", "what it does"], rows)])


def _names(field: str) -> str:
    variable = PREFIX + field.upper()
    return f"`{variable}`<br>`{variable}_FILE`"


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "**must be given**"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    shown = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return code(shown) if shown else "empty"


def _values(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return " · ".join(code(word) for word in get_args(field.annotation))
    if field.annotation is SecretStr:
        return "secret"
    least = [str(limit.ge) for limit in field.metadata if isinstance(limit, Ge)]
    most = [str(limit.le) for limit in field.metadata if isinstance(limit, Le)]
    if least or most:
        return " ".join([*(f"from {limit}" for limit in least), *(f"to {limit}" for limit in most)])
    return "text" if field.annotation is str else "words, separated by spaces"


def _read_elsewhere() -> dict[str, list[str]]:
    """Variables read by name from `os.environ`, and the files that do."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in python_files("shared", "services", "deploy"):
        names = {name for node in ast.walk(tree_of(file)) if (name := _variable(node))}
        for name in sorted(names):
            found[name].append(link(file, "/".join(file.parts[-2:])))
    return found


def _variable(node: ast.AST) -> str | None:
    """The name in `os.environ["X"]`, `os.environ.get("X")` and `os.getenv("X")`."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return name
        case ast.Call(func=ast.Attribute(attr="getenv"), args=[ast.Constant(value=str(name)), *_]):
            return name
    return None
