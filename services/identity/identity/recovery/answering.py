"""Answering what people asked for: the worker looks names and addresses up, and sends what there is to send.

Each request is answered in a transaction of its own, and gone with it; one that nobody could answer in time is dropped.
"""

import json
from datetime import datetime

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.codes import service as codes
from identity.contacts import addresses
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.recovery import letters, limits
from identity.recovery.flow import Aim, Starter
from identity.recovery.models import Recovery, RecoveryRequest, drop, take_out, waiting
from identity.recovery.service import REMIND, SEND, START, may_recover
from shared.crypto import SecretBox
from shared.service import Context, Work

_BATCH = 50


def answer(context: Context) -> int:
    """Job: answer what is due; return how many requests were."""
    with context.transaction() as work:
        work.session.execute(drop(work.now - limits.WAITS_IN_QUEUE))
        due = list(work.session.scalars(waiting(work.now, _BATCH)))
    return sum(_answer(context, request_id) for request_id in due)


def _answer(context: Context, request_id: str) -> bool:
    """Take the request out of the queue first: of two workers with one request, one answers."""
    with context.transaction() as work:
        taken = work.session.execute(take_out(request_id)).one_or_none()
        if taken is None:
            return False
        kind, about, asked, created_at = taken
        recovery_id = about or ""
        typed = json.loads(context.part(SecretBox).decrypt(asked))
        if kind == REMIND:
            _remind(work, request_id, typed["address"])
            return True
        if kind == START:
            _find(work, recovery_id, typed["user_id"], typed["address"])
        again_at = _send_code(work, recovery_id)
        if again_at is not None:
            later = RecoveryRequest(
                id=request_id, kind=SEND, recovery_id=recovery_id, asked=asked, created_at=created_at, due_at=again_at
            )
            work.session.add(later)
        return True


def _remind(work: Work, request_id: str, address: str) -> None:
    """Send the user IDs that belong to the address, to the address as its owner wrote it."""
    there = {one: _contact_at(work, one, address) for one in contacts.accounts_at(work.session, address, work.now)}
    people = [accounts.get(work.session, account_id) for account_id in there]
    known = [person for person in people if person is not None and may_recover(person) and person.user_id]
    for person in known:
        work.audit("recovery.reminded", target=person.id)
    contact = there.get(known[0].id) if known else None
    if contact is None:
        work.audit("recovery.reminded", target="unknown")
        return
    _send_reminder(work, contact, known, key=f"remind:{request_id}")


def _send_reminder(work: Work, contact: Contact, known: list[Account], key: str) -> None:
    first = known[0]
    names = [person.user_id or "" for person in known]
    if contact.kind == addresses.SMS:
        work.sms(contact.address, letters.user_ids_short(first.language, work.context.settings.brand, names), key=key)
        return
    subject, text = letters.user_ids(first.language, first.display_name, names)
    work.mail(contact.address, subject, text, key=key)


def _find(work: Work, recovery_id: str, user_id: str, address: str) -> None:
    """Give the recovery its account, where the user ID and the address belong together."""
    account = accounts.find_by_user_id(work.session, user_id)
    contact = _contact_at(work, account.id, address) if account and may_recover(account) else None
    after = {"aim": Aim.PASSWORD.value, "starter": Starter.PERSON.value}
    work.audit("recovery.started", target=contact.account_id if contact else "unknown", after=after)
    if contact is not None:
        recovery = work.session.get_one(Recovery, recovery_id)
        recovery.account_id, recovery.contact_id = contact.account_id, contact.id
        work.session.flush()


def _contact_at(work: Work, account_id: str, address: str) -> Contact | None:
    """Return the account's own address that this one spells, if it may be used for recovery now (C5)."""
    wanted = addresses.key(addresses.kind_of(address), address)
    usable = contacts.for_recovery(work.session, account_id, work.now)
    return next((one for one in usable if addresses.key(one.kind, one.address) == wanted), None)


def _send_code(work: Work, recovery_id: str) -> datetime | None:
    """Send a code to the recovery's address, if it has one; return when to try again where it is too soon."""
    recovery = work.session.get(Recovery, recovery_id)
    if recovery is None or recovery.account_id is None or recovery.ended_at is not None:
        return None
    usable = contacts.for_recovery(work.session, recovery.account_id, work.now)
    contact = next((one for one in usable if one.id == recovery.contact_id), None)
    if contact is None:
        return None
    sent = codes.send(work, purpose=limits.PURPOSE, bound_to=recovery.id, contact=contact)
    return sent.until if isinstance(sent, codes.Wait) else None
