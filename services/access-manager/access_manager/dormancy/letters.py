"""The mails about people who have stopped signing in. Managers get one a day for an organization, however many."""

from datetime import datetime

from access_manager.memberships import service as memberships
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.people.models import Person
from access_manager.settings import AccessManagerSettings
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import when


def warned(work: Work, organization: Organization, person: Person, suspend_at: datetime) -> None:
    """Tell the person what to do, and the managers where to look."""
    words, language = _words(work)
    subject = words.gettext("Sign in to keep your access to %(organization)s", organization=organization.name)
    text = words.gettext(
        "You have not signed in for a long time. Your access to %(organization)s is suspended on %(due)s.\n\n"
        "Sign in once before that day, and nothing changes:\n\n%(link)s\n\n"
        "If you no longer need the access, do nothing.\n",
        organization=organization.name,
        due=when(suspend_at, language, "date"),
        link=work.context.settings.public_url,
    )
    key = f"dormant:{organization.id}:{person.account_id}:{suspend_at.isoformat()}"
    if person.email:
        work.mail(person.email, subject, text, key=key)
    _tell_managers(work, organization, person)


def suspended(work: Work, organization: Organization, person: Person) -> None:
    """Tell the person who can let them back, and the managers where to."""
    words, _language = _words(work)
    subject = words.gettext("Your access to %(organization)s is suspended", organization=organization.name)
    text = words.gettext(
        "You have not signed in for a long time, so your access to %(organization)s is suspended.\n\n"
        "An access manager of your office can let you work again at once.\n",
        organization=organization.name,
    )
    if person.email:
        work.mail(person.email, subject, text, key=f"asleep:{organization.id}:{person.account_id}:{work.now:%Y-%m-%d}")
    _tell_managers(work, organization, person)


def only_manager(work: Work, organization: Organization, person: Person) -> None:
    """Tell the only manager, who is not suspended, that an organization needs somebody who is there."""
    words, _language = _words(work)
    subject = words.gettext("%(organization)s needs an access manager who is there", organization=organization.name)
    text = words.gettext(
        "You are the only access manager of %(organization)s and have not signed in for a long time. Nobody there can "
        "ask you for access.\n\n"
        "Sign in and make another person an access manager too, or call our support desk:\n\n%(link)s\n",
        organization=organization.name,
        link=f"{work.context.settings.public_url}/manage/managers",
    )
    key = f"only-manager:{organization.id}:{work.now:%Y-%m-%d}"
    if person.email:
        work.mail(person.email, subject, text, key=key)
    payer = work.context.settings_as(AccessManagerSettings).payer_mail
    if payer:
        work.mail(payer, subject, _for_desk(words, organization, person), key=f"{key}:payer")


def _for_desk(words: Translations, organization: Organization, person: Person) -> str:
    return words.gettext(
        "%(person)s is the only access manager of %(organization)s and has not signed in for a long time. Nobody "
        "there can be asked for access. They were not suspended.\n\n"
        "Call the office and find out who should manage its access.\n",
        person=person.display_name,
        organization=organization.name,
    )


def _tell_managers(work: Work, organization: Organization, person: Person) -> None:
    words, _language = _words(work)
    subject = words.gettext("People at %(organization)s have stopped signing in", organization=organization.name)
    text = words.gettext(
        "Some people at %(organization)s have not signed in for a long time. See who it is, and what happens when:\n\n"
        "%(link)s\n\n"
        "Remove those who have left. Nothing happens because of this e-mail.\n",
        organization=organization.name,
        link=f"{work.context.settings.public_url}/manage/dormant",
    )
    seated = [each.account_id for each in memberships.managers(work.session, organization.id)]
    for account_id, manager in people.names(work.session, seated).items():
        if manager.email and account_id != person.account_id:
            key = f"dormant-people:{organization.id}:{work.now:%Y-%m-%d}:{account_id}"
            work.mail(manager.email, subject, text, key=key)


def _words(work: Work) -> tuple[Translations, str]:
    language = work.context.settings.languages[0]
    return translations(language, LOCALE), language
