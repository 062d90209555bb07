"""Use cases of contacts: send a code, try a code, look where a proof stands.

`Refused`-like answers are return values: the door commits the counted try, then tells the person.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from registration.contacts import models
from registration.contacts.codes import (
    CODE_DIGITS,
    CODE_LIFE,
    MAX_TRIES,
    Channel,
    CodeFault,
    Round,
    SendNow,
    Wait,
    may_send,
)
from registration.contacts.hasher import ContactHasher
from registration.contacts.models import ProofCode, ProofRound
from shared.notices import states
from shared.service import Work


@dataclass(frozen=True)
class Address:
    """What is proved: one address of one owner (an application)."""

    owner: str
    channel: Channel
    value: str


@dataclass(frozen=True)
class Sent:
    """A code to hand to the messenger; it exists in clear only here."""

    code: str
    round_id: str
    number: int

    @property
    def key(self) -> str:
        """What the message that carries it is known by."""
        return _message(self.round_id, self.number)


class Delivery(StrEnum):
    """What became of a message (`shared.notices`): it waits for a worker, has left us, or did not arrive."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Standing:
    """Where a proof stands: codes sent, tries left, until when a code lives, from when another may be sent.

    `delivery` is what is known of the newest message; None where it was forgotten already.
    """

    sends: int
    tries_left: int
    alive_until: datetime | None
    next_send_at: datetime | None
    delivery: Delivery | None


def send(work: Work, hasher: ContactHasher, address: Address) -> Sent | Wait:
    """Make a code for an address, or say until when to wait. Earlier codes stay good to their own end."""
    current = _round(work.session, hasher, address)
    verdict = may_send(_counters(current), work.now)
    if isinstance(verdict, Wait):
        return verdict
    if current is None or verdict.fresh:
        current = _open(work, hasher, address)
    elif not models.count_send(work.session, current.id, work.now):
        return Wait(work.now)  # a rival request has just sent one
    code = work.ids.digits(CODE_DIGITS)
    work.session.add(
        ProofCode(
            id=work.ids.new("cod"),
            round_id=current.id,
            code_hash=hasher.code(current.id, code),
            expires_at=work.now + CODE_LIFE,
        )
    )
    work.session.flush()
    work.session.refresh(current)
    return Sent(code, current.id, current.sends)


def attempt(work: Work, hasher: ContactHasher, address: Address, code: str) -> CodeFault | None:
    """Try six digits; None means proved. Every try counts, against all codes of the round."""
    current = _round(work.session, hasher, address)
    if current is None or models.alive_until(work.session, current.id, work.now) is None:
        return CodeFault.NONE_ALIVE
    if not models.count_try(work.session, current.id):
        return CodeFault.SPENT
    if models.use_code(work.session, current.id, hasher.code(current.id, code), work.now):
        return None
    work.session.refresh(current)
    return CodeFault.SPENT if current.tries >= MAX_TRIES else CodeFault.WRONG


def standing(session: Session, now: datetime, hasher: ContactHasher, address: Address) -> Standing:
    """Where the proof of an address stands now."""
    current = _round(session, hasher, address)
    verdict = may_send(_counters(current), now)
    return Standing(
        sends=current.sends if current else 0,
        tries_left=MAX_TRIES - current.tries if current else MAX_TRIES,
        alive_until=models.alive_until(session, current.id, now) if current else None,
        next_send_at=None if isinstance(verdict, SendNow) else verdict.until,
        delivery=_delivery(session, current) if current else None,
    )


def _round(session: Session, hasher: ContactHasher, address: Address) -> ProofRound | None:
    key = hasher.address(address.channel, address.value)
    return models.latest_round(session, address.owner, address.channel, key)


def _delivery(session: Session, current: ProofRound) -> Delivery | None:
    key = _message(current.id, current.sends)
    found = states(session, [key]).get(key)
    return Delivery(found) if found else None


def _message(round_id: str, number: int) -> str:
    return f"code:{round_id}:{number}"


def _open(work: Work, hasher: ContactHasher, address: Address) -> ProofRound:
    opened = ProofRound(
        id=work.ids.new("prf"),
        owner=address.owner,
        channel=address.channel,
        address_key=hasher.address(address.channel, address.value),
        tries=0,
        sends=1,
        started_at=work.now,
        last_sent_at=work.now,
    )
    work.session.add(opened)
    work.session.flush()
    return opened


def _counters(current: ProofRound | None) -> Round | None:
    return Round(current.tries, current.sends, current.last_sent_at) if current else None
