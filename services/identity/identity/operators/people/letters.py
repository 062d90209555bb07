"""What the person hears when staff act on their account: what happened and what to do, never why. Pure."""

from datetime import datetime

from identity.accounts import letters
from identity.contacts.letters import Letter
from identity.operators.people.acts import Act
from shared.i18n import Translations
from shared.web.shell.moments import when


def of_act(act: Act, at: datetime) -> Letter | None:
    """Return the letter of an act done at the instant, or None where there is nothing that the person has to know.

    A recovery has letters of its own; the end of a rest and of sessions is seen at the next sign-in.
    """
    found: dict[Act, Letter] = {
        Act.SUSPEND: lambda words, name: _suspended(words, name, at),
        Act.REINSTATE: lambda words, name: _reinstated(words, name, at),
        Act.REQUIRE_RESET: lambda words, name: _reset_required(words, name, at),
        Act.CLOSE: letters.closed,
    }
    return found.get(act)


def _suspended(words: Translations, name: str, at: datetime) -> tuple[str, str]:
    text = words.gettext(
        "%(name)s,\n\nyour account was put on hold on %(at)s. You are signed out everywhere.\n\n"
        "Sign in once more: you will see a support code. Call the support desk and read it out.\n",
        name=name,
        at=when(at, words.language),
    )
    return words.gettext("Your account is on hold"), text


def _reinstated(words: Translations, name: str, at: datetime) -> tuple[str, str]:
    text = words.gettext(
        "%(name)s,\n\nyour account is no longer on hold since %(at)s. You can sign in as before.\n\n"
        "If you did not expect this, call the support desk.\n",
        name=name,
        at=when(at, words.language),
    )
    return words.gettext("Your account can be used again"), text


def _reset_required(words: Translations, name: str, at: datetime) -> tuple[str, str]:
    text = words.gettext(
        "%(name)s,\n\nsomebody else may know your password. On %(at)s we signed you out everywhere, and the next time "
        "you sign in you choose a new password.\n\nUse one that you use nowhere else. We never ask for it by phone or "
        "e-mail.\n",
        name=name,
        at=when(at, words.language),
    )
    return words.gettext("Choose a new password"), text
