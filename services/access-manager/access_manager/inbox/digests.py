"""One mail a day instead of one for each request, for managers who want that (M28): fewer mails are read better.

The wish is `Person.digested_at`. Like every mail it only opens the console; reminders of requests that nobody decided
still go out when they are due.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from access_manager.console.days import EASTERN
from access_manager.inbox import service
from access_manager.inbox.waiting import Waiting
from access_manager.memberships.authority import managed_by
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.people.models import Person
from access_manager.words import LOCALE
from shared.db import claimed
from shared.i18n import Translations, translations
from shared.service import Actor, Context, Work

_HOUR, _BATCH = 8, 200


def wants(session: Session, account_id: str) -> bool:
    """Return whether the manager wants one mail a day."""
    person = session.get(Person, account_id)
    return person is not None and person.digested_at is not None


def choose(work: Work, *, daily: bool) -> None:
    """Keep the actor's wish; the first mail of the day comes at the next eight o'clock, Eastern."""
    person = people.learn(work, work.actor.id, "", "")
    if (person.digested_at is not None) != daily:
        person.digested_at = work.now if daily else None
        work.audit("mails.chosen", target=person.account_id, after={"daily": daily})


def last_hour(now: datetime) -> datetime:
    """Return the latest eight o'clock in the morning, Eastern, that has come."""
    local = now.astimezone(EASTERN)
    today = local.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    return today if today <= local else (today - timedelta(days=1)).replace(tzinfo=EASTERN)


def send(context: Context) -> int:
    """Write to each manager whose hour has come, where something waits for them; return how many mails that were."""
    due = last_hour(context.clock.now())
    waiting = select(Person.account_id).where(Person.digested_at < due).order_by(Person.digested_at).limit(_BATCH)
    with context.reading() as session:
        found = list(session.scalars(waiting))
    sent = 0
    for account_id in found:
        with context.transaction() as work:
            sent += _send(work, account_id, due)
    return sent


def _send(work: Work, account_id: str, due: datetime) -> bool:
    mine = update(Person).where(Person.account_id == account_id, Person.digested_at < due).values(digested_at=work.now)
    if not claimed(work.session.execute(mine.execution_options(synchronize_session=False))):
        return False
    person = people.names(work.session, [account_id])[account_id]
    lists = [(one, _for(work, account_id, one)) for one in managed_by(work.session, account_id)]
    count = sum(len(each) for _, each in lists)
    if not count or not person.email:
        return False
    words = translations(work.context.settings.languages[0], LOCALE)
    subject = words.ngettext("%(n)s request waits for your decision", "%(n)s requests wait for your decision", count)
    text = _text(words, [entry for entry in lists if entry[1]], f"{work.context.settings.public_url}/manage")
    work.mail(person.email, subject, text, key=f"digest:{account_id}:{due.date().isoformat()}")
    return True


def _for(work: Work, account_id: str, organization: Organization) -> list[Waiting]:
    found = service.waiting(work.session, Actor(account_id, "person"), organization, work.now)
    return [each for each in found if not each.own]


def _text(words: Translations, lists: list[tuple[Organization, list[Waiting]]], link: str) -> str:
    blocks = [
        f"{organization.name}:\n" + "\n".join(f"  - {each.name or each.email}" for each in waiting)
        for organization, waiting in lists
    ]
    opens = words.gettext("The link only opens the list. You sign in first, and nothing happens until you decide.")
    return "\n\n".join([*blocks, link, opens]) + "\n"
