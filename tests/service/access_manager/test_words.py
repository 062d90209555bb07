"""Every sentence a person can read has a Spanish one, those that are data too.

That none is left over, and that both languages name the same values, is `tests/architecture/test_languages.py`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import access_manager
from access_manager.approvals.flow import DENIAL_REASONS, KINDS, SENTENCES
from access_manager.decisions.decide import EXPLANATIONS
from access_manager.functions.catalogue import FUNCTIONS, PROFILES
from access_manager.history import acts, sentences
from access_manager.memberships.service import CHANGED_MEANWHILE
from access_manager.requests import flow
from access_manager.rules.refusals import REFUSALS
from access_manager.words import LOCALE
from shared.i18n import SHARED_CATALOGUE

PACKAGE = Path(access_manager.__file__).parent


def of_templates() -> Iterator[str]:
    """Yield every key of the templates."""
    for file in PACKAGE.glob("templates/**/*.html"):
        with file.open("rb") as stream:
            for _line, _function, message, _comments in babel_extract(stream, ["_", "ngettext"], [], {}):
                key = message[0] if isinstance(message, tuple) else message
                if key:
                    yield key


def of_code() -> Iterator[str]:
    """Yield every key that code says by name."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in {"gettext", "say"}:
                    yield str(node.args[0].value)


def of_data() -> Iterator[str]:
    """Yield every key that is data."""
    for function in FUNCTIONS:
        yield from (function.category, function.task, function.sentence)
    yield from (profile.name for profile in PROFILES)
    told = (acts.ACTS, *acts.CODES.values(), *acts.DECISIONS.values())
    for table in (DENIAL_REASONS, SENTENCES, KINDS, flow.SENTENCES, *told):
        yield from table.values()
    yield from (label for label, _firsts in acts.KINDS.values())
    yield from (sentence for _status, sentence in REFUSALS.values())
    yield from (sentence for sentence, _who in EXPLANATIONS.values())
    yield from (*sentences.CHANGES, CHANGED_MEANWHILE)


def catalogue(folder: Path) -> Catalog:
    """Read the Spanish catalogue of a folder: `es.po`, and the files of `es/`, one for a part of the house."""
    whole = Catalog(locale="es")
    for file in (folder / "es.po", *sorted(folder.glob("es/*.po"))):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="es", abort_invalid=True):
                whole[message.id] = message
    return whole


def test_every_sentence_has_a_spanish_one() -> None:
    """Pages, mails, refusals, reasons, tasks and history."""
    known = {*_keys(catalogue(LOCALE)), *_keys(catalogue(SHARED_CATALOGUE))}
    assert sorted({*of_templates(), *of_code(), *of_data()} - known) == []


def _keys(found: Catalog) -> set[str]:
    return {_texts(message.id)[0] for message in found if message.id}


def _texts(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)
