"""The mail that invites. Its link only opens a page: scanners that follow it change nothing."""

from collections.abc import Collection
from datetime import datetime

from access_manager.functions.catalogue import BY_ID, in_order
from access_manager.invitations.models import Invitation
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import until


def invite(work: Work, invitation: Invitation, organization: Organization, secret: str) -> None:
    """Queue the letter that is due; its number makes it go out once."""
    language = work.context.settings.languages[0]
    words = translations(language, LOCALE)
    inviter = people.name_of(work.session, invitation.invited_by)
    subject = words.gettext("%(organization)s invites you", organization=organization.name)
    text = _text(words, invitation, organization, inviter, _link(work, secret), language)
    work.mail(invitation.email, subject, text, key=letter_key(invitation))


def letter_key(invitation: Invitation) -> str:
    """Name the last letter, so that it can be asked what became of it."""
    return f"invitation:{invitation.id}:{invitation.letters}"


def tasks(words: Translations, functions: Collection[str]) -> str:
    """Return the functions as a list of plain tasks."""
    return "\n".join(f"  - {words.gettext(BY_ID[each].task)}" for each in in_order(functions))


def _link(work: Work, secret: str) -> str:
    """The address is made from the configured origin, never from what a request says its host is (threat 33)."""
    return f"{work.context.settings.public_url}/manage/join?token={secret}"


def _text(
    words: Translations, invitation: Invitation, organization: Organization, inviter: str, link: str, language: str
) -> str:
    name = {"organization": organization.name}
    opening = (
        words.gettext(
            "%(manager)s invites you to work for %(organization)s and to be able to:", manager=inviter, **name
        )
        if inviter
        else words.gettext("You are invited to work for %(organization)s and to be able to:", **name)
    )
    return (
        "\n\n".join(
            [
                words.gettext("Hello %(name)s,", name=invitation.display_name),
                opening,
                tasks(words, invitation.functions),
                *_end(words, invitation.ends_at, language),
                words.gettext("Open this link by %(until)s to say yes:", until=until(invitation.expires_at, language)),
                link,
                words.gettext(
                    "The link only opens a page. If you have an account, sign in with it; if not, you make one there. "
                    "It is for you alone: to say yes, you prove that this e-mail address is yours."
                ),
                words.gettext("If you do not know this organization, do nothing. The invitation then ends by itself."),
            ]
        )
        + "\n"
    )


def _end(words: Translations, ends_at: datetime | None, language: str) -> list[str]:
    return [words.gettext("The access lasts until %(when)s.", when=until(ends_at, language))] if ends_at else []
