"""Reading one call at the token endpoint: a strict form, a client that proved itself, a key that proved itself."""

from identity.oidc.dpop import proof_of_request
from identity.oidc.endpoints.form import calling_client, read_form
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.tokens import PROOF_MISSING
from identity.oidc.grants.call import Call
from shared.service import Context
from shared.web.express import Asked


def read_call(place: Context, asked: Asked) -> Call:
    """Return who calls, what for, and with which key; raises Refused.

    A client registered with `dpop_bound` gets no token without a proof (RFC 9449 §5.2).
    """
    given = read_form(asked)
    client = calling_client(place, asked, given)
    jkt = proof_of_request(place, asked, client)
    if client.dpop_bound and jkt is None:
        raise Refused(PROOF_MISSING)
    return Call(client, given, jkt)
