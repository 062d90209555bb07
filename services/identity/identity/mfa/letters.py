"""Letters about ways of proving it is you, to every address of the account. Pure: texts in, texts out."""

from datetime import datetime

from shared.i18n import Translations, say
from shared.web.shell.moments import when

# As they stand in a sentence: "… was added to your account".
NAMES = {
    "passkey": say("A passkey"),
    "authenticator_app": say("An authenticator app"),
    "sms": say("A phone for codes by text message"),
    "email": say("An address for codes by e-mail"),
    "recovery_set": say("A set of recovery codes"),
}


def added(words: Translations, name: str, kind: str, at: datetime) -> tuple[str, str]:
    """Return subject and text for: there is a new way of signing in."""
    what = words.render(NAMES[kind])
    text = words.gettext(
        "%(name)s,\n\n%(what)s was added to your account on %(at)s.\n\n"
        "If it was not you, call the support desk at once.\n",
        name=name,
        what=what,
        at=when(at, words.language),
    )
    return words.gettext("%(what)s was added to your account", what=what), text


def removed(words: Translations, name: str, kind: str, at: datetime) -> tuple[str, str]:
    """Return subject and text for: a way of signing in is gone."""
    what = words.render(NAMES[kind])
    text = words.gettext(
        "%(name)s,\n\n%(what)s was removed from your account on %(at)s and cannot be used any more.\n\n"
        "If it was not you, call the support desk at once.\n",
        name=name,
        what=what,
        at=when(at, words.language),
    )
    return words.gettext("%(what)s was removed from your account", what=what), text


def codes_renewed(words: Translations, name: str, at: datetime) -> tuple[str, str]:
    """Return subject and text for: there is a new set of recovery codes, the old one is dead."""
    text = words.gettext(
        "%(name)s,\n\nnew recovery codes were made for your account on %(at)s. The old ones do not work any more.\n\n"
        "If it was not you, call the support desk at once.\n",
        name=name,
        at=when(at, words.language),
    )
    return words.gettext("New recovery codes were made for your account"), text


def code_used(words: Translations, name: str, left: int, at: datetime) -> tuple[str, str]:
    """Return subject and text for: a recovery code was used."""
    text = words.gettext(
        "%(name)s,\n\na recovery code of your account was used on %(at)s. Codes left: %(left)s.\n\n"
        "If it was not you, call the support desk at once.\n",
        name=name,
        left=left,
        at=when(at, words.language),
    )
    return words.gettext("A recovery code of your account was used"), text


def all_removed(words: Translations, name: str, until: datetime | None, at: datetime) -> tuple[str, str]:
    """Return subject and text for: every second factor was removed, by recovery or by the desk (B6)."""
    text = words.gettext(
        "%(name)s,\n\nthe second ways of signing in to your account (apps, passkeys, phones, recovery codes) were "
        "removed on %(at)s. You set up a new one at your next sign-in.\n\n"
        "If you did not ask for this, call the support desk at once.\n",
        name=name,
        at=when(at, words.language),
    )
    if until is not None:
        held = words.gettext(
            "Until %(until)s the account cannot approve access or change where it can be reached.\n",
            until=when(until, words.language),
        )
        text = f"{text}\n{held}"
    return words.gettext("Your second ways of signing in were removed"), text


def disabled(words: Translations, name: str, at: datetime) -> tuple[str, str]:
    """Return subject and text for: too many wrong codes have switched a way of signing in off."""
    text = words.gettext(
        "%(name)s,\n\nsomebody who knows your password typed wrong codes for your account again and again. On %(at)s "
        "that way of signing in was switched off.\n\n"
        "Sign in another way, remove it and set it up anew, and choose another password. If it was not you, call the "
        "support desk at once.\n",
        name=name,
        at=when(at, words.language),
    )
    return words.gettext("A way of signing in was switched off"), text
