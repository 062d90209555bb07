"""The mails that ask managers to decide, and that remind them.

Their link only opens the request: scanners that follow it change nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from access_manager.approvals.models import Approval
from access_manager.functions.catalogue import BY_ID
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import when


def tell_managers(work: Work, approval: Approval, organization: Organization, managers: Sequence[str]) -> None:
    """Queue one mail per manager whose address is known and who wants each request at once; each once."""
    language = work.context.settings.languages[0]
    words = translations(language, LOCALE)
    subject = words.gettext(
        "%(person)s asks for access to %(organization)s",
        person=approval.display_name,
        organization=organization.name,
    )
    text = _text(words, approval, organization, _link(work, approval), language)
    _mail(work, managers, subject, text, f"approval:{approval.id}")


def remind_managers(
    work: Work, approval: Approval, organization: Organization, managers: Sequence[str], told: datetime
) -> None:
    """Queue one reminder per manager; `told` is the instant that was due, and makes each go out once."""
    language = work.context.settings.languages[0]
    words = translations(language, LOCALE)
    subject = words.gettext("Reminder: %(person)s waits for your decision", person=approval.display_name)
    text = words.gettext(
        "%(person)s asked on %(asked)s for access to %(organization)s, and nobody has decided yet.\n\n"
        "Decide by %(due)s. After that our support desk decides too.\n\n%(link)s\n\n"
        "The link only opens the request. You sign in first, and nothing happens until you decide.\n",
        person=approval.display_name,
        asked=when(approval.submitted_at, language, "date"),
        organization=organization.name,
        due=when(approval.due_at, language),
        link=_link(work, approval),
    )
    _mail(work, managers, subject, text, f"reminder:{approval.id}:{told.isoformat()}", urgent=True)


def _mail(work: Work, managers: Sequence[str], subject: str, text: str, key: str, *, urgent: bool = False) -> None:
    """Write to each; whoever wants one mail a day gets what is not urgent with it (`inbox.digests`)."""
    for account_id, manager in people.names(work.session, managers).items():
        if manager.email and (urgent or manager.digested_at is None):
            work.mail(manager.email, subject, text, key=f"{key}:{account_id}")


def _link(work: Work, approval: Approval) -> str:
    return f"{work.context.settings.public_url}/manage/requests/{approval.id}"


def _text(words: Translations, approval: Approval, organization: Organization, link: str, language: str) -> str:
    tasks = "\n".join(f"  - {words.gettext(BY_ID[each].task)}" for each in approval.functions)
    lines = [
        words.gettext(
            "%(person)s asks to join %(organization)s and to be able to:",
            person=approval.display_name,
            organization=organization.name,
        ),
        tasks,
        words.gettext(
            "You are an access manager there. Look at the request and decide by %(due)s:",
            due=when(approval.due_at, language),
        ),
        link,
        words.gettext("The link only opens the request. You sign in first, and nothing happens until you decide."),
        words.gettext("If another access manager decides before you, you see what they decided."),
    ]
    return "\n\n".join(lines) + "\n"
