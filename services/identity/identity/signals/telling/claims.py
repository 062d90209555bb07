"""What a set says: the claims of a security event token, but for those of its delivery. Pure.

RFC 8417 §2.2, SSF 1.0 §4.1: one event a set; the subject is `sub_id` (RFC 9493) and never `sub`; no `exp`, so that it
passes for no other token. `toe` is when it happened, `txn` the event of ours, the same in the sets of every stream.
"""

from collections.abc import Iterable, Mapping

from identity.signals.telling.signals import Signal
from shared.i18n import Message, Translations

_CAEP = "/secevent/caep/"


def of_signal(signal: Signal, issuer: str, event_id: str, words: Iterable[Translations]) -> dict[str, object]:
    """Return `sub_id`, `events`, `toe` and `txn`; `words` are the languages in which reasons are told."""
    at = int(signal.at.timestamp())
    return {
        "sub_id": subject(signal, issuer),
        "events": {signal.kind: _event(signal, at, words)},
        "toe": at,
        "txn": event_id,
    }


def subject(signal: Signal, issuer: str) -> dict[str, object]:
    """Return whom it is about: the person as tokens name them, and their session by its `sid` (SSF 1.0 §3.3)."""
    person: dict[str, object] = {"format": "iss_sub", "iss": issuer, "sub": signal.account_id}
    if signal.session_id is None:
        return person
    return {"format": "complex", "user": person, "session": {"format": "opaque", "id": signal.session_id}}


def _event(signal: Signal, at: int, words: Iterable[Translations]) -> dict[str, object]:
    if _CAEP not in signal.kind:
        return dict(signal.facts)  # RISC knows none of the members below
    told: dict[str, object] = {**signal.facts, "event_timestamp": at}
    if signal.entity is not None:
        told["initiating_entity"] = signal.entity
    if signal.why is not None:
        # The interoperability profile wants the first; the second is what an app may show.
        told["reason_admin"] = told["reason_user"] = _in_words(signal.why, words)
    return told


def _in_words(why: Message, words: Iterable[Translations]) -> Mapping[str, str]:
    return {one.language: one.render(why) for one in words}
