"""Where a device begins (RFC 8628 §3.1 and §3.2)."""

from identity.oidc import lives, metadata
from identity.oidc.clients.policy import DEVICE_CODE, Client
from identity.oidc.device import demands, service
from identity.oidc.dpop import proof_of_request
from identity.oidc.endpoints.form import answer, calling_client, read_form
from identity.oidc.endpoints.refusing import for_programs
from identity.oidc.faults.calling import GRANT_NOT_ALLOWED
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.tokens import DEVICE_CROWD
from identity.oidc.provider import Provider
from identity.throttle.limits import Limits
from identity.throttle.throttle import Throttle
from shared.auth import open_to_all
from shared.service import Actor, Context
from shared.web.express import Asked, Reply

# Nobody vouches for a client without a secret: one address must not fill the table in everybody's name.
_LIMITS = Limits(delay_from=60_000, rest_at=60_000, source_a_minute=30)


@open_to_all("clients authenticate themselves (RFC 8628 §3.1)")
@for_programs
def device_authorization(place: Context, asked: Asked) -> Reply:
    """Give a device its code, and the one for its person."""
    given = read_form(asked)
    client = calling_client(place, asked, given)
    if not client.may(DEVICE_CODE):
        raise Refused(GRANT_NOT_ALLOWED)
    if client.public:
        _count(place, client, asked.source)
    # A proof that comes with it must be good, though only that of the token request binds.
    proof_of_request(place, asked, client)
    scopes, audience = demands.wished(place, client, given)
    with place.transaction(Actor(client.id, "client"), asked.id) as work:
        begun = service.begin(work, client, scopes, audience)
    return answer(_told(place, begun))


def _told(place: Context, begun: service.Begun) -> dict[str, object]:
    page = place.part(Provider).issuer + metadata.DEVICE
    return {
        "device_code": begun.device_code,
        "user_code": begun.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={begun.user_code}",
        "expires_in": int(lives.DEVICE_CODE.total_seconds()),
        "interval": service.PAUSE,
    }


def _count(place: Context, client: Client, source: str) -> None:
    if place.part(Throttle).try_once("device", client.id, source, limits=_LIMITS):
        raise Refused(DEVICE_CROWD)
