"""Mails to the managers of the other side: something is proposed, was answered, has ended. Links only open pages."""

from datetime import datetime

from access_manager.functions.catalogue import BY_ID
from access_manager.memberships import service as memberships
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.third_parties.models import Link, Side, State
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import until


def proposed(work: Work, link: Link, asking: Organization, to: str) -> None:
    """Ask the other side's managers to look at a proposal."""
    words = _words(work)
    gives = link.asked_side == Side.PROVIDER
    subject = words.gettext("%(organization)s proposes a connection", organization=asking.name)
    opening = (
        words.gettext(
            "%(organization)s offers that your people work for it, with these tasks:", organization=asking.name
        )
        if gives
        else words.gettext("%(organization)s asks to work for you, with these tasks:", organization=asking.name)
    )
    ends = [_end(words, link.ends_at)] if link.ends_at else []
    closing = words.gettext("Nothing happens until an access manager of your organization agrees:")
    _send(work, words, to, f"link:{link.id}:proposed", subject, [opening, _tasks(words, link), *ends, closing], link)


def answered(work: Work, link: Link, answering: Organization, to: str) -> None:
    """Tell who proposed what the answer is."""
    words = _words(work)
    agreed = link.state == State.ACTIVE
    subject = (
        words.gettext("%(organization)s agreed to the connection", organization=answering.name)
        if agreed
        else words.gettext("%(organization)s declined the connection", organization=answering.name)
    )
    _send(work, words, to, f"link:{link.id}:answered", subject, [subject + ".", _tasks(words, link)], link)


def ended(work: Work, link: Link, ending: Organization, to: str) -> None:
    """Tell the other side that nobody works through the link any more."""
    words = _words(work)
    subject = words.gettext("%(organization)s ended the connection", organization=ending.name)
    text = words.gettext("Nobody works through it any more. It ended the moment this was written.")
    _send(work, words, to, f"link:{link.id}:ended", subject, [text], link)


def _words(work: Work) -> Translations:
    return translations(work.context.settings.languages[0], LOCALE)


def _end(words: Translations, ends_at: datetime) -> str:
    return words.gettext("It would last until %(when)s.", when=until(ends_at, words.language))


def _tasks(words: Translations, link: Link) -> str:
    return "\n".join(f"  - {words.gettext(BY_ID[each].task)}" for each in link.functions)


def _send(work: Work, words: Translations, to: str, key: str, subject: str, parts: list[str], link: Link) -> None:
    """Queue one mail for each manager of the organization whose address is known."""
    address = f"{work.context.settings.public_url}/manage/partners/{link.id}"
    closing = words.gettext("The link only opens the page. You sign in first, and nothing happens until you decide.")
    text = "\n\n".join([*parts, address, closing]) + "\n"
    managers = [each.account_id for each in memberships.managers(work.session, to)]
    for account_id, manager in people.names(work.session, managers).items():
        if manager.email:
            work.mail(manager.email, subject, text, key=f"{key}:{account_id}")
