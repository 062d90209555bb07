"""The clients that are held to less than the defaults, for the operators' page of deviations (domain §5)."""

from sqlalchemy.orm import Session

from identity.clients_desk.showing import weaker
from identity.oidc.clients import service as clients
from identity.oidc.registration.changing import changed_at
from identity.operators.governance.departures import Departure


def of_clients(session: Session) -> list[Departure]:
    """Return every client that departs, by name."""
    found = [(client, weaker(client)) for client in clients.listed(session)]
    return [
        Departure(client.id, client.name, departs, client.justification or "", changed_at(session, client.id))
        for client, departs in found
        if departs
    ]
