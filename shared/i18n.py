"""Words in the reader's language, read straight from `.po` files.

The English sentence is the key. A catalogue is the floor's `locale/` with the service's own laid over it; in each the
file `<language>.po` and those of the folder `<language>/`, one for a part of the house, count together. Nothing is
compiled on disk. Pure: no request in sight. Pages reach it through `shared.web.shell.language`, mails through
`translations(account.language, …)`.
"""

import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SHARED_CATALOGUE = Path(__file__).parent / "locale"
LANGUAGE_NAMES = {"en": "English", "es": "Español"}


class Message(str):
    """An English sentence that still knows its key and values, so that a page can say it in another language.

    Raised or returned where no language is known (schemas, pure rules): `say("Enter at least %(n)s", n=8)`.
    """

    key: str
    values: dict[str, object]


def say(key: str, **values: object) -> Message:
    """The sentence `key` with `%(name)s` filled in, translatable later by `Translations.render`."""
    message = Message(key % values if values else key)
    message.key, message.values = key, values
    return message


class Translations:
    """The sentences of one language."""

    def __init__(self, language: str, catalogue: NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def gettext(self, message: str, /, **values: object) -> str:
        """`message` in this language, `%(name)s` filled in; the English sentence itself where there is none."""
        text = self._catalogue.gettext(message) if message else message
        return text % values if values else text

    def ngettext(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The form that fits the number `n`, which is also `%(n)s`."""
        return self._catalogue.ngettext(singular, plural, n) % {"n": n, **values}

    def render(self, message: str) -> str:
        """A sentence made by `say`, or a plain key, in this language; sentences inside of it, too."""
        if isinstance(message, Message):
            inner = {name: self.render(one) for name, one in message.values.items() if isinstance(one, Message)}
            return self.gettext(message.key, **{**message.values, **inner})
        return self.gettext(message)


def read_catalogue(file: Path, language: str) -> GNUTranslations:
    """One `.po` file as a catalogue; fuzzy entries count as missing. Errors: `OSError`, Babel's `PoFileError`."""
    with file.open("rb") as stream:
        parsed = read_po(stream, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, parsed)
    compiled.seek(0)
    return GNUTranslations(compiled)


@lru_cache(maxsize=64)
def translations(language: str, service_catalogue: Path | None = None) -> Translations:
    """The floor's sentences with the service's laid over them; the service's win where both have one.

    `service_catalogue` is the folder of the service's catalogues. A language without files speaks English.
    """
    catalogue = NullTranslations()
    for folder in (service_catalogue, SHARED_CATALOGUE):
        for file in catalogue_files(folder, language) if folder else ():
            catalogue = _over(catalogue, read_catalogue(file, language))
    return Translations(language, catalogue)


def catalogue_files(folder: Path, language: str) -> list[Path]:
    """The files that hold a language: `<language>.po`, then `<language>/*.po` by name."""
    return [file for file in (folder / f"{language}.po", *sorted((folder / language).glob("*.po"))) if file.is_file()]


def _over(upper: NullTranslations, lower: GNUTranslations) -> NullTranslations:
    if not isinstance(upper, GNUTranslations):
        return lower
    upper.add_fallback(lower)
    return upper


def best_language(wanted: Iterable[str | None], offered: Sequence[str]) -> str:
    """The first of `wanted` (language tags, most wanted first) that is offered, else the first offered.

    "es-MX" is served by "es" (RFC 4647 §3.4, lookup).
    """
    for tag in wanted:
        language = (tag or "").replace("_", "-").lower().split("-")[0]
        if language in offered:
            return language
    return offered[0]
