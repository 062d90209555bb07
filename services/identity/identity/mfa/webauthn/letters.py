"""The letter that only passkeys need. Pure: words and facts in, subject and text out; `contacts` knows where to."""

from datetime import datetime

from shared.i18n import Translations
from shared.web.shell.moments import when


def stopped(words: Translations, name: str, at: datetime) -> tuple[str, str]:
    """Return subject and text for: a copy of a passkey was seen, so that it works no more."""
    text = words.gettext(
        "%(name)s,\n\na passkey of your account was used on %(at)s in a way that only a copy of it could be. It can no "
        "longer sign in.\n\nSign in another way, remove the passkey and add a new one. If it was not you, call the "
        "support desk at once.\n",
        name=name,
        at=when(at, words.language),
    )
    return words.gettext("A passkey of your account was stopped"), text
