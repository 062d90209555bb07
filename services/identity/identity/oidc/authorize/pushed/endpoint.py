"""The endpoint for pushed authorization requests (RFC 9126 §2)."""

from identity.oidc.authorize import examining
from identity.oidc.authorize.pushed import service
from identity.oidc.clients.policy import Client
from identity.oidc.dpop import proof_of_request
from identity.oidc.endpoints.form import answer, calling_client, read_form
from identity.oidc.endpoints.refusing import for_programs
from identity.oidc.faults.asking import PUSH_CROWD
from identity.oidc.faults.fault import Refused
from identity.oidc.parameters import Parameters
from identity.throttle.limits import Limits
from identity.throttle.throttle import Throttle
from shared.auth import open_to_all
from shared.service import Actor, Context
from shared.web.express import Asked, Reply

# Nobody vouches for a client without a secret: one address must not fill the table in everybody's name (threat 57).
_LIMITS = Limits(delay_from=60_000, rest_at=60_000, source_a_minute=60)


@open_to_all("clients authenticate as they do at the token endpoint (RFC 9126 §2)")
@for_programs
def push(place: Context, asked: Asked) -> Reply:
    """Examine the request as if a browser had brought it, and give a reference to it."""
    given = read_form(asked)
    client = calling_client(place, asked, given)
    if client.public:
        _count(place, client, asked.source)
    values = {**service.without_proof(given.values), "client_id": client.id}
    pushed = Parameters(values, frozenset(), given.resources, readable=True)
    jkt = proof_of_request(place, asked, client)
    inquiry = examining.of_client(place, client, pushed, length=len(asked.body()), proof_jkt=jkt)
    with place.transaction(Actor(client.id, "client"), asked.id) as work:
        uri = service.push(work, client.id, pushed, inquiry.dpop_jkt)
    return answer({"request_uri": uri, "expires_in": int(service.LIFE.total_seconds())}, 201)


def _count(place: Context, client: Client, source: str) -> None:
    if place.part(Throttle).try_once("pushed", client.id, source, limits=_LIMITS):
        raise Refused(PUSH_CROWD)
