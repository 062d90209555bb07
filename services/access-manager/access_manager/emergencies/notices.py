"""Emergency access is loud: one mail to every manager and one to the payer, the moment it begins.

The reason is not in the mail; whoever must know reads it behind a sign-in.
"""

from access_manager.emergencies.models import Emergency
from access_manager.functions.catalogue import BY_ID
from access_manager.memberships import service as memberships
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.settings import AccessManagerSettings
from access_manager.words import LOCALE
from shared.i18n import translations
from shared.service import Work
from shared.web.shell.moments import when


def tell_everybody(work: Work, organization: Organization, found: Emergency) -> None:
    """Queue the mails, each once."""
    words = translations(work.context.settings.languages[0], LOCALE)
    person = people.name_of(work.session, found.account_id) or words.gettext("A member")
    subject = words.gettext(
        "Emergency access: %(person)s at %(organization)s", person=person, organization=organization.name
    )
    tasks = "\n".join(f"  - {words.gettext(BY_ID[each].task)}" for each in found.functions)
    opening = words.gettext("%(person)s uses emergency access and can now:", person=person)
    ending = words.gettext("It ends by itself on %(when)s.", when=when(found.ends_at, words.language))
    told = [opening, tasks, ending]
    asked = words.gettext("Read the reason, end it early if need be, and review it afterwards:")
    link = f"{work.context.settings.public_url}/manage/emergencies/{found.id}"
    managers = [each.account_id for each in memberships.managers(work.session, organization.id)]
    for account_id, manager in people.names(work.session, managers).items():
        if manager.email:
            text = "\n\n".join([*told, asked, link]) + "\n"
            work.mail(manager.email, subject, text, key=f"emergency:{found.id}:{account_id}")
    payer = work.context.settings_as(AccessManagerSettings).payer_mail
    if payer:
        closing = words.gettext("The organization’s access managers know, and must review it before the next time.")
        work.mail(payer, subject, "\n\n".join([*told, closing]) + "\n", key=f"emergency:{found.id}:payer")
