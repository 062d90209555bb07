"""Mails about an account, in its person's own language. Pure: texts in, texts out."""

from datetime import datetime

from identity.words import words_of
from shared.i18n import Translations
from shared.web.shell.moments import when


def resting(language: str, name: str, until: datetime) -> tuple[str, str]:
    """Return subject and text for: somebody typed the wrong password again and again."""
    words = words_of(language)
    text = words.gettext(
        "%(name)s,\n\nsomebody typed a wrong password for your account several times. To protect you, it cannot be "
        "used to sign in until %(until)s. After that it works as before.\n\n"
        "If it was not you, call the support desk.\n",
        name=name,
        until=when(until, language),
    )
    return words.gettext("Signing in to your account is paused"), text


def opened(language: str, name: str, user_id: str) -> tuple[str, str]:
    """Return subject and text for: the person chose a user ID and a password."""
    words = words_of(language)
    text = words.gettext(
        "%(name)s,\n\nyour account is open. Your user ID is %(user_id)s. Capital and small letters matter.\n\n"
        "We never ask for your password or for a code by phone or e-mail.\n",
        name=name,
        user_id=user_id,
    )
    return words.gettext("Your account is open"), text


def closed(words: Translations, name: str) -> tuple[str, str]:
    """Return subject and text for: the account is closed."""
    text = words.gettext(
        "%(name)s,\n\nyour account is closed. Nobody can sign in with it any more, and its user ID is not given to "
        "anybody else.\n\nIf it was not you who closed it, call the support desk at once.\n",
        name=name,
    )
    return words.gettext("Your account is closed"), text
