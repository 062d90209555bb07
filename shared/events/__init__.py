"""Events: facts that one service tells the others, neither lost nor believed twice.

Owns: the envelope, the outbox and its relay, the inbox, parked events and their replay, the transports. Offers:
`Event`; `outbox.add` for a transaction, `Relay` and `Inbox` for a worker, `parked` for an operator. Refuses to
know: what any event means (that is `shared.contracts`) and what a listener does with it (the services' handlers).
"""

from shared.events.event import Event, NotAnEventError, instant

__all__ = ["Event", "NotAnEventError", "instant"]
