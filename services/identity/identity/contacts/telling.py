"""Telling of changes: the letters to the addresses of an account, the event for other services, the audit entry."""

from collections.abc import Callable, Iterable
from datetime import datetime

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.contacts import letters, rules
from identity.contacts.addresses import EMAIL, SMS
from identity.contacts.letters import Letter
from identity.contacts.masking import masked
from identity.contacts.models import ContactPoint, hearing
from identity.words import words_of
from shared.crypto import sha256
from shared.service import Work


def tell_each(
    work: Work, account_id: str, letter_for: Callable[[ContactPoint], Letter], key: str, *, mobiles_too: bool = False
) -> None:
    """Send each proved address of an account the letter that is for it, once for each `key`.

    Mobiles get the subject, and only where there is no e-mail address or `mobiles_too` is asked for.
    """
    account = accounts.get(work.session, account_id)
    if account is None:
        return
    work.session.flush()
    points = list(work.session.scalars(hearing(account_id, work.now)))
    for point in _once(points, EMAIL):
        _mail(work, account, point.address, letter_for(point), key)
    if mobiles_too or not any(point.kind == EMAIL for point in points):
        for point in _once(points, SMS):
            subject, _text = _written(account, letter_for(point))
            work.sms(point.address, subject, key=_once_to(key, point.address))


def tell_unproved(work: Work, account_id: str, letter: Letter, key: str) -> None:
    """Mail the address that the opener gave, where nothing is proved yet: nobody else could be warned."""
    account = accounts.get(work.session, account_id)
    if account is not None and work.session.scalars(hearing(account_id, work.now)).first() is None:
        _mail(work, account, account.email, letter, key)


def note(work: Work, point: ContactPoint, what: str, how: str | None = None) -> None:
    """Publish and record a change of a contact point; the event carries the main addresses as they are now."""
    version = accounts.next_version(work, point.account_id)
    account = accounts.get(work.session, point.account_id)
    if account is None:
        return
    work.session.refresh(account)
    data = {"account_id": account.id, "email": account.email, "mobile": account.phone, "kind": point.kind}
    told = {**data, "change": what, "changed_at": work.now}
    work.publish("contact.changed", subject=account.id, sequence=version, data=told)
    after = {"contact": point.id, "kind": point.kind, "address": masked(point.kind, point.address)}
    work.audit(f"contact.{what}", target=account.id, after=after, reason=how)


def added(work: Work, point: ContactPoint) -> None:
    """Tell every address; those that were trusted before may confirm or undo it."""
    since, secret = point.trusted_from or work.now, _answerable(work, point)
    to_older = letters.added(masked(point.kind, point.address), since, _link(work, secret))
    to_others = letters.welcome(since)
    _tell_by_trust(work, point, to_older, to_others, "added")


def removed(work: Work, point: ContactPoint) -> None:
    """Tell every address; those that stay may bring it back."""
    shown, secret = masked(point.kind, point.address), _answerable(work, point)
    with_link, bare = letters.removed(shown, _link(work, secret)), letters.removed(shown, None)
    _tell_by_trust(work, point, with_link, bare, "removed")


def tell(work: Work, point: ContactPoint, letter: Letter, what: str) -> None:
    """Tell every address the same."""
    tell_each(work, point.account_id, lambda _each: letter, _key(work, point, what))


def _mail(work: Work, account: Account, address: str, letter: Letter, key: str) -> None:
    subject, text = _written(account, letter)
    work.mail(address, subject, text, key=_once_to(key, address))


def _once_to(key: str, address: str) -> str:
    """Return the key of one notice to one address; hashed, because keys are short and addresses are not."""
    return sha256(f"{key}:{address.casefold()}")


def _written(account: Account, letter: Letter) -> tuple[str, str]:
    return letter(words_of(account.language), account.display_name)


def _once(points: Iterable[ContactPoint], kind: str) -> list[ContactPoint]:
    return list({point.address_key: point for point in points if point.kind == kind}.values())


def _tell_by_trust(work: Work, changed: ContactPoint, to_trusted: Letter, to_others: Letter, what: str) -> None:
    """The link goes only to addresses that are trusted now and are not the changed one: they speak for the owner."""

    def letter_for(point: ContactPoint) -> Letter:
        return to_trusted if _speaks(point, changed, work.now) else to_others

    mobile = changed.kind == "sms"
    tell_each(work, changed.account_id, letter_for, _key(work, changed, what), mobiles_too=mobile)


def _speaks(point: ContactPoint, changed: ContactPoint, now: datetime) -> bool:
    other = point.id != changed.id and point.removed_at is None
    return other and rules.is_trusted(point.trusted_from, now)


def _key(work: Work, point: ContactPoint, what: str) -> str:
    return f"contact-{what}:{point.id}:{int(work.now.timestamp())}"


def _answerable(work: Work, point: ContactPoint) -> str:
    """Return a new secret by which an older address answers to this change; an earlier one is dead."""
    secret = work.ids.token()
    point.answer_hash, point.answer_until = sha256(secret), work.now + rules.HEARD
    work.session.flush()
    return secret


def _link(work: Work, secret: str) -> str:
    """Return the address behind which a change is confirmed or undone; its host is ours, whatever was asked (33)."""
    return f"{work.context.settings.public_url}/account/contacts/answer?token={secret}"
