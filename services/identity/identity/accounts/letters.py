"""Mails about an account, in its person's own language. Pure: texts in, texts out."""

from datetime import datetime
from pathlib import Path

from shared.i18n import translations
from shared.web.shell.moments import when

_CATALOGUE = Path(__file__).parent.parent / "locale"


def resting(language: str, name: str, until: datetime) -> tuple[str, str]:
    """Return subject and text for: somebody typed the wrong password again and again."""
    words = translations(language, _CATALOGUE)
    text = words.gettext(
        "%(name)s,\n\nsomebody typed a wrong password for your account several times. To protect you, it cannot be "
        "used to sign in until %(until)s. After that it works as before.\n\n"
        "If it was not you, call the support desk.\n",
        name=name,
        until=when(until, language),
    )
    return words.gettext("Your account is resting for a while"), text


def factor_added(language: str, name: str, at: datetime) -> tuple[str, str]:
    """Return subject and text for: an authenticator app was added."""
    words = translations(language, _CATALOGUE)
    text = words.gettext(
        "%(name)s,\n\nan authenticator app was added to your account on %(at)s. From now on it is asked for when you "
        "sign in.\n\nIf it was not you, call the support desk at once.\n",
        name=name,
        at=when(at, language),
    )
    return words.gettext("An authenticator app was added to your account"), text


def opened(language: str, name: str, user_id: str) -> tuple[str, str]:
    """Return subject and text for: the person chose a user ID and a password."""
    words = translations(language, _CATALOGUE)
    text = words.gettext(
        "%(name)s,\n\nyour account is open. Your user ID is %(user_id)s. Capital and small letters matter.\n\n"
        "We never ask for your password or for a code by phone or e-mail.\n",
        name=name,
        user_id=user_id,
    )
    return words.gettext("Your account is open"), text
