"""Mails and text messages of recovery, in the person's own language. Pure: texts in, texts out.

Every recovery is told to all addresses, not only to the one that got the code (SP 800-63B-4 §4.2.3, §4.6), each time
with what to do if it was somebody else.
"""

from collections.abc import Sequence
from datetime import datetime

from identity.contacts.letters import Letter
from identity.recovery.flow import Starter
from identity.words import words_of
from shared.i18n import Translations, say
from shared.web.shell.moments import when

_STARTED = {
    Starter.MANAGER: say("an access manager of your organization asked us on %(at)s to help you sign in."),
    Starter.DESK: say("the support desk began on %(at)s to help you sign in, after it had made sure that it was you."),
}


def user_ids(language: str, name: str, names: Sequence[str]) -> tuple[str, str]:
    """Return subject and text for: these user IDs belong to this address."""
    words = words_of(language)
    text = words.ngettext(
        "%(name)s,\n\nthe user ID that belongs to this address is:\n\n%(listed)s\n\nCapital and small letters matter."
        "\n\nIf you did not ask for it, somebody else typed your address. They were told nothing.\n",
        "%(name)s,\n\nthe user IDs that belong to this address are:\n\n%(listed)s\n\nCapital and small letters matter."
        "\n\nIf you did not ask for them, somebody else typed your address. They were told nothing.\n",
        len(names),
        name=name,
        listed="\n".join(names),
    )
    return words.gettext("Your user ID"), text


def user_ids_short(language: str, brand: str, names: Sequence[str]) -> str:
    """Return the same as a text message."""
    words = words_of(language)
    return words.gettext("%(brand)s: your user ID is %(listed)s", brand=brand, listed=", ".join(names))


def link(language: str, name: str, address: str) -> tuple[str, str]:
    """Return subject and text for: open this page within half an hour. It names nobody and holds no password."""
    words = words_of(language)
    text = words.gettext(
        "%(name)s,\n\nopen this page to get back into your account:\n\n%(address)s\n\nIt works once, for 30 minutes. "
        "Nobody else can choose your password, and nobody will ask you for this link.\n\n"
        "If you did not expect this, do not open it and call the support desk.\n",
        name=name,
        address=address,
    )
    return words.gettext("Get back into your account"), text


def started(starter: Starter, at: datetime) -> Letter:
    """Return the letter for: somebody else began a recovery for you."""

    def letter(words: Translations, name: str) -> tuple[str, str]:
        what = words.gettext(_STARTED[starter], at=when(at, words.language))
        text = words.gettext(
            "%(name)s,\n\n%(what)s\n\nA link went to one of your addresses. Nothing has changed yet.\n\n"
            "If you do not want this, call the support desk at once.\n",
            name=name,
            what=what,
        )
        return words.gettext("Somebody is helping you to sign in"), text

    return letter


def password_replaced(at: datetime) -> Letter:
    """Return the letter for: a recovery gave the account a new password. A lost factor has its own letter (mfa)."""

    def letter(words: Translations, name: str) -> tuple[str, str]:
        text = words.gettext(
            "%(name)s,\n\nthe password of your account was replaced on %(at)s, because somebody had forgotten it. You "
            "were signed out everywhere, and no device is remembered any more.\n\n"
            "If it was not you, call the support desk at once.\n",
            name=name,
            at=when(at, words.language),
        )
        return words.gettext("Your password was replaced"), text

    return letter
