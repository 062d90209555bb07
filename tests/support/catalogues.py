"""What a package says to people, and what its Spanish catalogue knows of it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from shared.i18n import catalogue_files

KEYWORDS = {"_": None, "gettext": None, "say": None, "ngettext": (1, 2)}
_METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%(?!%)[sd]")


def spoken(package: Path) -> dict[str, str]:
    """Every sentence the package marks for translation, and where."""
    found = extract_from_dir(package, method_map=_METHODS, keywords=KEYWORDS)
    return {_first(message): f"{file}:{line}" for file, line, message, _, _ in found}


def literals(*folders: Path) -> set[str]:
    """Every text that stands in Python or JSON under the folders: sentences that arrive as data are among them."""
    found: set[str] = set()
    for folder in folders:
        for file in folder.rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            values = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            found |= {value for value in values if isinstance(value, str)}
        for file in folder.rglob("*.json"):
            found |= set(_texts(json.loads(file.read_text(encoding="utf-8"))))
    return found


def spanish(catalogue: Path) -> Catalog:
    """The catalogue in a `locale` folder, all its files together; an empty one where there is none."""
    whole = Catalog(locale="es")
    for file in catalogue_files(catalogue, "es"):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="es", abort_invalid=True):
                whole[message.id] = message
    return whole


def keys(catalogue: Catalog) -> set[str]:
    """Every sentence the catalogue has an entry for."""
    return {_first(message.id) for message in catalogue if message.id}


def translated(catalogue: Catalog) -> set[str]:
    """Those with a whole translation: every form filled in, nobody in doubt."""
    return {
        _first(message.id) for message in catalogue if message.id and not message.fuzzy and all(_forms(message.string))
    }


def broken(catalogue: Catalog) -> list[str]:
    """Entries whose translation names other values than the sentence, or leaves one out."""
    return [_first(message.id) for message in catalogue if message.id and not message.fuzzy and not _agrees(message)]


def _agrees(message: Message) -> bool:
    # One form of a plural may leave the number out ("one request"); none may name what the sentence does not have.
    named = {value for form in _forms(message.id) for value in _PLACEHOLDER.findall(form)}
    forms = [set(_PLACEHOLDER.findall(form)) for form in _forms(message.string) if form]
    return all(form <= named for form in forms) and (not forms or set.union(*forms) == named)


def _forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


def _first(text: object) -> str:
    return _forms(text)[0]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
