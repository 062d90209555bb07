"""The letter about a password, to every address of the account. Pure: texts in, texts out."""

from collections.abc import Callable
from datetime import datetime

from shared.i18n import Translations
from shared.web.shell.moments import when


def changed(at: datetime) -> Callable[[Translations, str], tuple[str, str]]:
    """Return what writes subject and text for: the password was changed (SP 800-63B-4 §4.6, ASVS 6.3.7)."""

    def write(words: Translations, name: str) -> tuple[str, str]:
        text = words.gettext(
            "%(name)s,\n\nthe password of your account was changed on %(at)s.\n\n"
            "If it was not you, call the support desk at once.\n",
            name=name,
            at=when(at, words.language),
        )
        return words.gettext("Your password was changed"), text

    return write
