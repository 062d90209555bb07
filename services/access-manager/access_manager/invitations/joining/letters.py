"""The letters to somebody who pressed "go on": choose user ID and password, or sign in with the account there is."""

from access_manager.invitations.models import Invitation
from access_manager.organizations.models import Organization
from access_manager.words import LOCALE
from shared.i18n import translations
from shared.service import Work


def choose(work: Work, invitation: Invitation, organization: Organization, activation_url: str) -> None:
    """Queue the letter with the link that opens the new account."""
    words = translations(invitation.asked_in or "en", LOCALE)
    subject = words.gettext("Make your account for %(organization)s", organization=organization.name)
    text = words.gettext(
        "Hello %(name)s,\n\nchoose your user ID and your password here:\n\n%(link)s\n\n"
        "As soon as you have, you can do at %(organization)s what the invitation lists.\n\n"
        "The link is for you alone and works once. Whoever has it can take the account, so do not send it on.\n",
        name=invitation.display_name,
        link=activation_url,
        organization=organization.name,
    )
    _send(work, invitation, subject, text)


def sign_in(work: Work, invitation: Invitation, organization: Organization) -> None:
    """Queue the letter for an address that an account has already proved: nobody needs a second one."""
    words = translations(invitation.asked_in or "en", LOCALE)
    subject = words.gettext("You have an account: sign in for %(organization)s", organization=organization.name)
    text = words.gettext(
        "Hello %(name)s,\n\nthis e-mail address belongs to an account already, so you need no new one. "
        "Sign in with it and say yes here:\n\n%(link)s\n\n"
        "If you have forgotten your user ID or your password, this helps:\n\n%(recover)s\n",
        name=invitation.display_name,
        link=accept_url(work, invitation),
        recover=f"{work.context.settings.public_url}/recover",
    )
    _send(work, invitation, subject, text)


def accept_url(work: Work, invitation: Invitation) -> str:
    """Return where a signed-in person says yes: no secret in it, their proved address is what counts there."""
    return f"{work.context.settings.public_url}/manage/join/{invitation.id}"


def _send(work: Work, invitation: Invitation, subject: str, text: str) -> None:
    work.mail(invitation.email, subject, text, key=f"invitation-answer:{invitation.id}:{work.now.isoformat()}")
