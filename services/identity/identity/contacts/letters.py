"""Mails about contact points, in the person's own language. Pure: texts in, texts out.

Each function returns a letter: what to say, still to be put into words by whoever knows the language and the name.
"""

from collections.abc import Callable
from datetime import datetime

from shared.i18n import Translations
from shared.web.shell.moments import when

Letter = Callable[[Translations, str], tuple[str, str]]  # (words, display name) -> (subject, text)


def added(address: str, trusted_from: datetime, link: str) -> Letter:
    """To the addresses that were there before: something was added; the link confirms or undoes it."""

    def write(words: Translations, name: str) -> tuple[str, str]:
        text = words.gettext(
            "%(name)s,\n\n%(address)s was added to your account. It cannot help anybody to recover your account before "
            "%(until)s.\n\nIf it was you, you can confirm it now. If it was not you, undo it. Both are behind this "
            "link:\n\n%(link)s\n\nOpening the link changes nothing by itself.\n",
            name=name,
            address=address,
            until=when(trusted_from, words.language),
            link=link,
        )
        return words.gettext("A new way to reach you was added to your account"), text

    return write


def welcome(trusted_from: datetime) -> Letter:
    """To the new address: what it is for, and from when on."""

    def write(words: Translations, name: str) -> tuple[str, str]:
        text = words.gettext(
            "%(name)s,\n\nthis address now belongs to your account: we write here when something important happens. "
            "From %(until)s on it can help you to recover your account.\n\n"
            "If you have no account with us, call the support desk.\n",
            name=name,
            until=when(trusted_from, words.language),
        )
        return words.gettext("A new way to reach you was added to your account"), text

    return write


def confirmed(address: str) -> Letter:
    """To everybody: the quarantine of an address is over before its time."""

    def write(words: Translations, name: str) -> tuple[str, str]:
        text = words.gettext(
            "%(name)s,\n\n%(address)s was confirmed. From now on it can help to recover your account.\n\n"
            "If it was not you, call the support desk at once.\n",
            name=name,
            address=address,
        )
        return words.gettext("A way to reach you was confirmed"), text

    return write


def made_main(address: str) -> Letter:
    """To everybody: the main address is another one now."""

    def write(words: Translations, name: str) -> tuple[str, str]:
        text = words.gettext(
            "%(name)s,\n\n%(address)s is now the main way to reach you. Your organizations and apps see it.\n\n"
            "If it was not you, call the support desk at once.\n",
            name=name,
            address=address,
        )
        return words.gettext("The main way to reach you has changed"), text

    return write


def removed(address: str, link: str | None) -> Letter:
    """To everybody: an address is gone. Only those that stay get the link that brings it back."""

    def write(words: Translations, name: str) -> tuple[str, str]:
        told = words.gettext("%(name)s,\n\n%(address)s was removed from your account.\n", name=name, address=address)
        undo = (
            words.gettext(
                "\nIf it was not you, undo it behind this link. Opening it changes nothing by itself:\n\n%(link)s\n",
                link=link,
            )
            if link
            else words.gettext("\nIf it was not you, call the support desk at once.\n")
        )
        return words.gettext("A way to reach you was removed from your account"), told + undo

    return write


def undone(words: Translations, name: str) -> tuple[str, str]:
    """To everybody: a change was undone from an older address, and the account is made safe."""
    text = words.gettext(
        "%(name)s,\n\na change of the ways to reach you was undone. To be safe, everybody was signed out of your "
        "account, and you choose a new password when you sign in next.\n",
        name=name,
    )
    return words.gettext("A change of your account was undone"), text
