"""The event door: something happened to a person, so each stream that is about them is owed a set.

Our own events come through the inbox as everybody's do: a transaction writes nothing more than it did before there were
streams, and whatever happens to a process in between, an event is taken in once. Sets of one person are made one after
the other, behind the lock of their account, so they are in the order of what happened.
"""

from collections.abc import Iterable

from sqlalchemy import event as database_event

from identity.accounts import service as accounts
from identity.entitlements import service as entitlements
from identity.oidc.provider import Provider
from identity.signals import kinds
from identity.signals.delivery import queue
from identity.signals.delivery.courier import Courier
from identity.signals.models import SignalStream
from identity.signals.streams import service as streams
from identity.signals.telling import claims, signals
from identity.signals.telling.signals import Signal
from identity.words import words_of
from shared.events.event import Event, instant
from shared.service import Work

_LOOKS = "gatehouse_signals_look"  # in the session's own notes: one look after many events of one transaction
# When it happened, where the event says so itself.
_INSTANTS = ("ended_at", "assured_at", "changed_at")


def on_event(work: Work, event: Event) -> None:
    """Tell what an event of identity's own means to others."""
    told_at = next((event.data[name] for name in _INSTANTS if event.data.get(name)), None)
    signal = signals.of_event(event.type, event.data, instant(told_at) if told_at else event.time)
    wanting = streams.wanting(work.session, signal.kind, signal.account_id) if signal else []
    if signal is not None and wanting:
        _owe(work, event, wanting, signal)


def on_membership(work: Work, event: Event) -> None:
    """Tell what a person may do for an organization now that a membership's state was taken.

    Nobody calls it for a state that was older than what is known: of two events that overtake each other, the last set
    says what is true.
    """
    account_id = str(event.data["account_id"])
    wanting = streams.wanting(work.session, kinds.TOKEN_CLAIMS_CHANGE, account_id)
    if wanting:
        organization_id = _organization(event)
        functions = _functions(work, account_id, organization_id)
        _owe(work, event, wanting, signals.of_functions(account_id, organization_id, functions, event.time))


def _functions(work: Work, account_id: str, organization_id: str) -> set[str]:
    held = entitlements.active(work.session, account_id, work.now)
    return {each for one in held if one.organization["id"] == organization_id for each in one.functions}


def _organization(event: Event) -> str:
    organization = event.data["organization"]
    return str(organization["id"]) if isinstance(organization, dict) else ""


def _owe(work: Work, event: Event, wanting: Iterable[SignalStream], signal: Signal) -> None:
    accounts.hold(work, signal.account_id)
    words = [words_of(language) for language in work.context.settings.languages]
    told = claims.of_signal(signal, work.context.part(Provider).issuer, event.id, words)
    for stream in wanting:
        queue.offer(work, stream, told)
    _look_after_commit(work)


def _look_after_commit(work: Work) -> None:
    """Send at once what is owed; a call that is lost costs one look of the job, nothing else."""
    if work.session.info.setdefault(_LOOKS, work) is work:
        courier = work.context.part(Courier)
        database_event.listen(work.session, "after_commit", lambda _session: courier.look(), once=True)
