"""Mails about sign-ins, in the person's own language. Pure: facts in, texts out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from identity.devices import labels
from identity.risk.reasons import sentences
from shared.i18n import Message, Translations, say
from shared.web.shell.moments import when

IN = say("signed in")
HALF = say("typed your password, and did not finish the next step")
STOPPED = say("typed your password and was refused")


@dataclass(frozen=True)
class Told:
    """One sign-in as a letter tells of it."""

    at: datetime
    label: str
    place: str | None
    source: str
    became: Message
    reasons: tuple[str, ...]


def unknown_browser(words: Translations, name: str, told: Sequence[Told], link: str | None) -> tuple[str, str]:
    """Return subject and text for: somebody used this password in a browser that was not known.

    Without a link: for an address that does not speak for the owner yet, or any more.
    """
    inside = any(one.became == IN for one in told)
    subject = say("A new sign-in to your account") if inside else say("Somebody tried to sign in to your account")
    listed = "\n\n".join(_lines(words, one) for one in told)
    if link is None:
        return words.render(subject), words.gettext(
            "%(name)s,\n\nthis was unusual for your account. Somebody:\n\n%(list)s\n\n"
            "If it was you, there is nothing to do. If it was not you, open the link that we sent to your other "
            "address, or call the support desk at once.\n",
            name=name,
            list=listed,
        )
    text = words.gettext(
        "%(name)s,\n\nthis was unusual for your account. Somebody:\n\n%(list)s\n\n"
        "If it was you, there is nothing to do.\n\n"
        "If it was not you, open this link. It asks before it does anything; then it signs your account "
        "out everywhere and asks for a new password:\n%(link)s\n\n"
        "The link works once, for 10 days. We never ask for your password or for a code by phone or e-mail.\n",
        name=name,
        list=listed,
        link=link,
    )
    return words.render(subject), text


def not_me_done(words: Translations, name: str, help_phone: str) -> tuple[str, str]:
    """Return subject and text for: you told us that a sign-in was not yours, and this is what we did."""
    text = words.gettext(
        "%(name)s,\n\nsomebody opened the link in our mail and said that a sign-in was not yours. We signed your "
        "account out everywhere. The old password alone opens nothing any more: choose a new one when you sign in "
        "next, or with the link 'I forgot my user ID or password' on the sign-in page.\n\n"
        "If you did not do this, call the support desk: %(phone)s\n",
        name=name,
        phone=help_phone,
    )
    return words.gettext("Your account was signed out everywhere"), text


def _lines(words: Translations, one: Told) -> str:
    head = words.gettext(
        "- %(became)s: %(label)s, %(place)s, address %(source)s, %(when)s",
        became=words.render(one.became),
        label=labels.spoken(one.label, words.gettext),
        place=labels.where(one.place, words.gettext),
        source=one.source,
        when=when(one.at, words.language),
    )
    return "\n".join([head, *(f"  {words.render(sentence)}" for sentence in sentences(one.reasons))])
