"""Every sentence of registration's pages, mails and messages exists in Spanish, with the same values."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from access_manager.functions.catalogue import FUNCTIONS, PROFILES
from registration.settings import RegistrationSettings
from shared.i18n import SHARED_CATALOGUE, catalogue_files

ROOT = Path(__file__).parents[3] / "services" / "registration" / "registration"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None}
VALUE = re.compile(r"%\(\w+\)s")


def sentences() -> Iterator[tuple[str, str]]:
    """(sentence, where) of everything translatable in Python and templates."""
    for file in sorted(ROOT.rglob("*.py")):
        with file.open("rb") as stream:
            for line, message, _comments, _context in extract("python", stream, keywords=KEYWORDS):
                yield first(message), f"{file.name}:{line}"
    for file in sorted(ROOT.rglob("*.html")):
        with file.open("rb") as stream:
            for line, _function, message, _comments in babel_extract(stream, list(KEYWORDS), [], {}):
                if message:
                    yield first(message), f"{file.name}:{line}"


def first(message: object) -> str:
    """The key: a sentence, or the singular of a pair."""
    return str(message[0]) if isinstance(message, tuple | list) else str(message)


def spanish() -> dict[str, tuple[str, ...]]:
    """Our catalogue over the floor's."""
    found: dict[str, tuple[str, ...]] = {}
    for file in (*catalogue_files(SHARED_CATALOGUE, "es"), *catalogue_files(ROOT / "locale", "es")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="es", abort_invalid=True):
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                found[str(key)] = tuple(map(str, texts))
    return found


def test_every_sentence_is_there_in_spanish() -> None:
    """No page falls back to English in the middle of a Spanish one."""
    known = spanish()
    missing = [f"{where}: {text}" for text, where in sentences() if not all(known.get(text, ("",)))]
    assert not missing, "\n".join(missing)


def test_what_comes_as_data_is_there_too() -> None:
    """The catalogue of tasks, its profiles and the desk's hours."""
    known = spanish()
    words = [*(f.task for f in FUNCTIONS), *(f.sentence for f in FUNCTIONS), *(p.name for p in PROFILES)]
    words.append(RegistrationSettings.model_fields["desk_hours"].default)
    assert [word for word in words if word not in known] == []


def test_translations_take_the_same_values() -> None:
    """A value that English names is named in Spanish, and no other."""
    for key, texts in spanish().items():
        for text in texts:
            assert set(VALUE.findall(text)) == set(VALUE.findall(key)), key


@pytest.mark.parametrize("word", ["please", "sorry", "invalid", "oops", "forbidden"])
def test_the_tone(word: str) -> None:
    """experience.md §1.3: plain words, no apologies, no blame."""
    assert [text for text, _where in sentences() if word in text.lower()] == []
