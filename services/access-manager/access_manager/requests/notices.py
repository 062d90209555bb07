"""The mails about a request for more: to the managers when it is opened, to the person when it is decided.

Their links only open a page: scanners that follow them change nothing, and a forwarded one decides nothing.
"""

from collections.abc import Iterable, Sequence

from access_manager.functions.catalogue import BY_ID
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.requests.flow import REASONS, SENTENCES, State
from access_manager.requests.models import AccessRequest
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work

PAGE = "/manage/requests/more"


def tell_managers(work: Work, found: AccessRequest, organization: Organization, managers: Sequence[str]) -> None:
    """Queue one mail for each manager whose address is known, except the person themself and who wants one a day."""
    words = _words(work)
    asker = people.name_of(work.session, found.account_id)
    subject = words.gettext(
        "%(person)s asks for more access at %(organization)s", person=asker, organization=organization.name
    )
    lines = [
        words.gettext("%(person)s works at %(organization)s and asks to be able to:", **_who(asker, organization)),
        _tasks(words, found.functions),
        words.gettext("You are an access manager there. Look at the request and decide:"),
        f"{work.context.settings.public_url}{PAGE}/{found.id}",
        words.gettext("The link only opens the request. You sign in first, and nothing happens until you decide."),
        words.gettext("If another access manager decides before you, you see what they decided."),
    ]
    for account_id, manager in people.names(work.session, set(managers) - {found.account_id}).items():
        if manager.email and manager.digested_at is None:
            work.mail(manager.email, subject, _text(lines), key=f"access-request:{found.id}:{account_id}")


def tell_asker(work: Work, found: AccessRequest, organization: Organization) -> None:
    """Queue the mail that says what was decided; in it stand what was given and the reason, and no name."""
    person = people.names(work.session, [found.account_id]).get(found.account_id)
    if person is None or not person.email:
        return
    words = _words(work)
    subject = words.gettext(
        "Your request at %(organization)s: %(outcome)s",
        organization=organization.name,
        outcome=words.gettext(SENTENCES[State(found.state)]),
    )
    work.mail(person.email, subject, _text(_decision(words, work, found)), key=f"access-request:{found.id}:decided")


def _decision(words: Translations, work: Work, found: AccessRequest) -> Iterable[str]:
    if found.granted:
        yield words.gettext("From now on you can:")
        yield _tasks(words, found.granted)
    left = [each for each in found.functions if each not in found.granted]
    if left:
        yield words.gettext("You asked for these too, and they were not given:")
        yield _tasks(words, left)
    if found.reason:
        yield words.gettext("Reason: %(reason)s", reason=words.gettext(REASONS[found.reason]))
    if found.reply:
        yield found.reply
    yield words.gettext("See what you may do, and who controls your access:")
    yield f"{work.context.settings.public_url}/manage/mine"


def _words(work: Work) -> Translations:
    return translations(work.context.settings.languages[0], LOCALE)


def _who(asker: str, organization: Organization) -> dict[str, str]:
    return {"person": asker, "organization": organization.name}


def _tasks(words: Translations, functions: Sequence[str]) -> str:
    return "\n".join(f"  - {words.gettext(BY_ID[each].task)}" for each in functions)


def _text(lines: Iterable[str]) -> str:
    return "\n\n".join(lines) + "\n"
