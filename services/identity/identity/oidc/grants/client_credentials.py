"""The grant `client_credentials` (RFC 6749 §4.4, RFC 8707). Pure: nothing is stored, so nothing is read or written."""

from collections.abc import Sequence

from identity.oidc.clients.policy import Client
from identity.oidc.faults.asking import RESOURCE, SCOPE_NOT_ALLOWED
from identity.oidc.faults.fault import Refused
from identity.oidc.parameters import Parameters
from identity.oidc.scopes import of_programs, split


def scopes_of(client: Client, asked: Parameters) -> tuple[str, ...]:
    """Return the scopes of the token: what is asked for, or everything the client has for itself; raises Refused."""
    mine = of_programs(client.scopes)
    wanted = split(asked.get("scope")) or mine
    if not set(wanted) <= set(mine):
        raise Refused(SCOPE_NOT_ALLOWED)
    return wanted


def audience_of(client: Client, asked: Parameters, issuer: str) -> Sequence[str]:
    """Return the audience of the token: the resources asked for, or all registered ones; raises Refused."""
    if not set(asked.resources) <= set(client.audiences):
        raise Refused(RESOURCE)
    # RFC 9068 §2.2 demands an audience; a client of no API can only mean ourselves.
    return asked.resources or client.audiences or (issuer,)
