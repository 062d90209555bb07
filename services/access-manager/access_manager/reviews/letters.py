"""The mails of a review: it is open, it waits, and access that nobody confirmed has ended."""

from datetime import datetime

from access_manager.functions.catalogue import BY_ID
from access_manager.memberships import service as memberships
from access_manager.people import service as people
from access_manager.reviews.models import Review, ReviewItem
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import until


def opened(work: Work, review: Review) -> None:
    """Tell every manager that a review is open and until when."""
    words, language = _words(work)
    subject = words.gettext(
        "Who still needs access to %(organization)s? Decide by %(due)s",
        organization=review.organization_name,
        due=until(review.due_at, language, "short"),
    )
    text = words.gettext(
        "An access review of %(organization)s is open. It lists everybody who has access now (%(people)s).\n\n"
        "Say for each person whether they keep it. What nobody has confirmed by %(due)s ends then, by itself.\n\n"
        "%(link)s\n\n"
        "The link only opens the list. You sign in first, and nothing happens until you decide.\n",
        organization=review.organization_name,
        people=review.people,
        due=until(review.due_at, language),
        link=_link(work, review),
    )
    _to_managers(work, review, subject, text, f"review:{review.id}:opened")


def reminder(work: Work, review: Review, undecided: int, told: datetime) -> None:
    """Remind every manager of those nobody has decided about; `told` makes each mail go out once."""
    words, language = _words(work)
    subject = words.gettext(
        "Reminder: access to %(organization)s ends for people nobody confirms", organization=review.organization_name
    )
    text = words.gettext(
        "Nobody has decided yet about the access of some people at %(organization)s (%(people)s).\n\n"
        "It lasts only until %(due)s unless one of you confirms it.\n\n%(link)s\n\n"
        "The link only opens the list. You sign in first, and nothing happens until you decide.\n",
        organization=review.organization_name,
        people=undecided,
        due=until(review.due_at, language),
        link=_link(work, review),
    )
    _to_managers(work, review, subject, text, f"review:{review.id}:{told.isoformat()}")


def lapsed(work: Work, review: Review, item: ReviewItem) -> None:
    """Tell a person which of their tasks ended because nobody confirmed them."""
    who = people.names(work.session, [item.account_id]).get(item.account_id)
    if who is None or not who.email or not item.ended:
        return
    words, language = _words(work)
    subject = words.gettext("Your access to %(organization)s has ended", organization=review.organization_name)
    text = words.gettext(
        "The access managers of %(organization)s looked through who needs access. Nobody confirmed yours by "
        "%(due)s, so these tasks have ended:\n\n%(tasks)s\n\n"
        "Ask an access manager of your office if you still need them. They can give them back at once.\n",
        organization=review.organization_name,
        due=until(review.due_at, language),
        tasks="\n".join(f"  - {words.gettext(BY_ID[each].task)}" for each in item.ended if each in BY_ID),
    )
    work.mail(who.email, subject, text, key=f"review:{review.id}:lapsed:{item.membership_id}")


def _to_managers(work: Work, review: Review, subject: str, text: str, key: str) -> None:
    seated = [each.account_id for each in memberships.managers(work.session, review.organization_id)]
    for account_id, manager in people.names(work.session, seated).items():
        if manager.email:
            work.mail(manager.email, subject, text, key=f"{key}:{account_id}")


def _words(work: Work) -> tuple[Translations, str]:
    language = work.context.settings.languages[0]
    return translations(language, LOCALE), language


def _link(work: Work, review: Review) -> str:
    return f"{work.context.settings.public_url}/manage/reviews/{review.id}"
