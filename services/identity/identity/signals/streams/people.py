"""Whom a stream is about: people that its receiver added, or took out (SSF 1.0 §8.1.3).

A stream begins with everybody or with nobody (`default_subjects`). Whoever is named and not known is answered like
everybody else: a receiver learns from these calls about nobody (§9.1).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.contacts import service as contacts
from identity.oidc.provider import Provider
from identity.signals.bodies import wrong
from identity.signals.models import SignalStream, subjects
from identity.signals.streams.service import find
from identity.signals.streams.subjects import Named, named
from shared.db import insert_into
from shared.service import Work


def say(work: Work, client_id: str, body: Mapping[str, Any], *, wanted: bool) -> None:
    """Note whether the receiver wants events about somebody; raises the 400 and 404 Problems.

    An address means everybody who has proved it; nothing is noted where nobody has.
    """
    if not isinstance(body.get("verified", True), bool):
        raise wrong("verified", "use true or false")
    meant = named(body.get("subject"), work.context.part(Provider).issuer)
    stream = find(work.session, client_id, str(body.get("stream_id", "")))
    for one in meant:
        if found := _accounts(work, one):
            return _note(work, stream, found, wanted)
    return None


def _accounts(work: Work, one: Named) -> list[str]:
    if one.account_id is not None:
        return _existing(work.session, one.account_id)
    # An address that changed a moment ago may be a thief's: until it is trusted it names nobody.
    return contacts.accounts_at(work.session, one.email, work.now) if one.email and "@" in one.email else []


def _existing(session: Session, account_id: str) -> list[str]:
    account = accounts.get(session, account_id)
    return [account.id] if account is not None else []


def _note(work: Work, stream: SignalStream, account_ids: list[str], wanted: bool) -> None:
    for account_id in account_ids:
        row = {"stream_id": stream.id, "account_id": account_id, "wanted": wanted}
        again = insert_into(work.session, subjects).values(row)
        work.session.execute(
            again.on_conflict_do_update(index_elements=["stream_id", "account_id"], set_={"wanted": wanted})
        )
        work.audit("signal_stream.subject", target=account_id, after={"stream": stream.id, "wanted": wanted})
