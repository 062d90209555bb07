"""The event door: a session ended, whatever ended it, so its apps are owed a word.

Our own event, heard through the inbox as everybody else hears it: signing out writes nothing more than it did, and
whatever happens to a process in between, the event is taken in once. An app that redeems a code while the session ends
is found as well: its grant was stored before the end was, and this reads after.
"""

from sqlalchemy import event as database_event

from identity.oidc.logout.deliveries import service
from identity.oidc.logout.deliveries.courier import Courier
from shared.events.event import Event
from shared.service import Work


def on_session_ended(work: Work, event: Event) -> None:
    """Owe every app of the session a logout token, and send it right after the commit."""
    if service.owe(work, event.subject):
        courier = work.context.part(Courier)
        # A lost call costs one look of the job, nothing else.
        database_event.listen(work.session, "after_commit", lambda _session: courier.look(), once=True)
