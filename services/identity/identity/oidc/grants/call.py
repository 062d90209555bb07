"""One request of a client at the token endpoint, after the client has proved who it is."""

from dataclasses import dataclass

from identity.oidc.clients.policy import Client
from identity.oidc.parameters import Parameters


@dataclass(frozen=True)
class Call:
    """Who calls and what for; `jkt` is the thumbprint of the key whose DPoP proof came with it (RFC 9449 §6.1)."""

    client: Client
    asked: Parameters
    jkt: str | None = None
