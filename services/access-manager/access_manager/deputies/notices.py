"""The mails about deputies: both people learn of the beginning and of an end before its time."""

from access_manager.memberships.models import Deputy
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.rules.deputies import DELEGABLE
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import until, when


def tell_named(work: Work, deputy: Deputy, organization: Organization) -> None:
    """Queue a mail to the deputy and one to the manager."""
    words, facts = _facts(work, deputy, organization)
    tasks = "\n".join(f"  - {words.gettext(DELEGABLE[each])}" for each in deputy.scopes)
    subject = words.gettext("%(deputy)s stands in for %(manager)s at %(organization)s", **facts)
    told = words.gettext(
        "%(manager)s named %(deputy)s as deputy at %(organization)s, from %(from_when)s until %(until)s.\n\n"
        "In that time %(deputy)s may, on behalf of %(manager)s:",
        **facts,
    )
    link = f"{work.context.settings.public_url}/manage"
    ends = words.gettext(
        "A deputy cannot change who manages access, name another deputy, or change their own access. It ends by "
        "itself, and an access manager can end it at any time. Everything a deputy does is recorded with both names."
    )
    _mail(work, deputy, subject, "\n\n".join((told, tasks, link, ends)) + "\n", f"deputy:{deputy.id}")


def tell_ended(work: Work, deputy: Deputy, organization: Organization) -> None:
    """Queue a mail to the deputy and one to the manager."""
    words, facts = _facts(work, deputy, organization)
    subject = words.gettext("%(deputy)s no longer stands in for %(manager)s", **facts)
    text = words.gettext(
        "An access manager of %(organization)s ended it now. %(deputy)s can no longer act on behalf of %(manager)s.\n",
        **facts,
    )
    _mail(work, deputy, subject, text, f"deputy-ended:{deputy.id}")


def _facts(work: Work, deputy: Deputy, organization: Organization) -> tuple[Translations, dict[str, str]]:
    language = work.context.settings.languages[0]
    words = translations(language, LOCALE)
    somebody = words.gettext("an access manager"), words.gettext("a member")
    return words, {
        "manager": people.name_of(work.session, deputy.manager_id) or somebody[0],
        "deputy": people.name_of(work.session, deputy.deputy_id) or somebody[1],
        "organization": organization.name,
        "from_when": when(deputy.starts_at, language, "date"),
        "until": until(deputy.ends_at, language),
    }


def _mail(work: Work, deputy: Deputy, subject: str, text: str, key: str) -> None:
    for account_id, person in people.names(work.session, (deputy.deputy_id, deputy.manager_id)).items():
        if person.email:
            work.mail(person.email, subject, text, key=f"{key}:{account_id}")
