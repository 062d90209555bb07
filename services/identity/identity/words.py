"""Identity's sentences in a language that is known from data, for mails and text messages."""

from pathlib import Path

from shared.i18n import Translations, translations

CATALOGUE = Path(__file__).parent / "locale"


def words_of(language: str) -> Translations:
    """Return the sentences of one language, the floor's under ours."""
    return translations(language, CATALOGUE)
