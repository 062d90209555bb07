"""The provider: what one process keeps for the whole room. `app.build` makes it, views find it in the context."""

from dataclasses import dataclass

import orjson

from identity.oidc.clients.authentication import Authenticator
from identity.oidc.clients.book import ClientBook
from identity.oidc.clients.key_sets import KeySets
from identity.oidc.clients.secrets import ClientSecrets
from identity.oidc.keys.ring import KeyRing
from identity.oidc.metadata import document
from identity.oidc.outbound.fetcher import Fetcher
from identity.oidc.tokens.mint import Mint
from identity.settings import IdentitySettings
from shared.crypto import SecretBox, sha256
from shared.service import Context


@dataclass(frozen=True)
class Provider:
    """The issuer and everything parsed or prepared once. `discovery` is the metadata as bytes, with its ETag."""

    issuer: str
    ring: KeyRing
    box: SecretBox
    secrets: ClientSecrets
    clients: ClientBook
    fetcher: Fetcher
    authenticator: Authenticator
    mint: Mint
    discovery: tuple[bytes, str]
    ticket_keys: tuple[bytes, ...]


def build(context: Context) -> Provider:
    """Make the provider of a process; reads nothing from the database yet."""
    settings = context.settings_as(IdentitySettings)
    box = SecretBox(settings.secret_keys)
    ring = KeyRing(context.database, context.clock, box)
    secrets, clients = ClientSecrets(settings.secret_keys), ClientBook(context.database)
    # Behind http, everything is on one machine, and so are the apps; a deployment never calls itself for others.
    fetcher = Fetcher(allow_loopback=not settings.secure)
    discovery = orjson.dumps(document(settings.public_url, settings.languages))
    return Provider(
        issuer=settings.public_url,
        ring=ring,
        box=box,
        secrets=secrets,
        clients=clients,
        fetcher=fetcher,
        authenticator=Authenticator(
            clients.find, clients.look_again, secrets, KeySets(fetcher), context.cache, settings.public_url
        ),
        mint=Mint(settings.public_url, ring, context.ids),
        discovery=(discovery, sha256(discovery.decode())[:24]),
        ticket_keys=tuple(settings.secret_keys),
    )
