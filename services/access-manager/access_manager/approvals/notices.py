"""The mail that asks managers to decide. Its link only opens the request: scanners that follow it change nothing."""

from collections.abc import Sequence

from access_manager.approvals.models import Approval
from access_manager.functions.catalogue import BY_ID
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import when


def tell_managers(work: Work, approval: Approval, organization: Organization, managers: Sequence[str]) -> None:
    """Queue one mail per manager whose address is known, each once however often this runs."""
    settings = work.context.settings
    language = settings.languages[0]
    words = translations(language, LOCALE)
    subject = words.gettext(
        "%(person)s asks for access to %(organization)s",
        person=approval.display_name,
        organization=organization.name,
    )
    link = f"{settings.public_url}/manage/requests/{approval.id}"
    text = _text(words, approval, organization, link, language)
    for account_id, manager in people.names(work.session, managers).items():
        if manager.email:
            work.mail(manager.email, subject, text, key=f"approval:{approval.id}:{account_id}")


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
