"""Reading a form strictly, and answering in JSON that nobody may keep (RFC 6749 §3.2 and §5, threats 8 and 9)."""

from collections.abc import Mapping

import orjson

from identity.oidc import parameters
from identity.oidc.clients.authentication import authenticate
from identity.oidc.clients.policy import Client
from identity.oidc.faults.asking import REPEATED, UNREADABLE
from identity.oidc.faults.calling import NOT_A_FORM, PUBLIC_REFUSED, QUERY_STRING
from identity.oidc.faults.fault import Refused
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from shared.errors import Problem
from shared.service import Context
from shared.web.express import Asked, Reply

_FORM = "application/x-www-form-urlencoded"
UNKEPT = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))  # RFC 6749 §5.1
_NOTHING = parameters.read(())


def read_form(asked: Asked) -> Parameters:
    """Return the parameters of the body; raises Refused for a query string, another kind of body, or a repetition."""
    if asked.has_query:
        raise Refused(QUERY_STRING)
    if asked.media_type != _FORM:
        raise Refused(NOT_A_FORM)
    given = sent(asked)
    if given.repeated:
        raise Refused(REPEATED)
    if not given.readable:
        raise Refused(UNREADABLE)
    return given


def sent(asked: Asked) -> Parameters:
    """Return the parameters of whatever the body is, checked by nobody: none where it is no form or unreadable."""
    if asked.media_type != _FORM:
        return _NOTHING
    try:
        return parameters.read(asked.form())
    except Problem:
        return parameters.UNREADABLE


def calling_client(place: Context, asked: Asked, given: Parameters) -> Client:
    """Return the client that authenticated with this request; raises Refused."""
    authenticator, header = place.part(Provider).authenticator, asked.header("Authorization")
    return authenticate(authenticator, header, given, place.clock.now())


def proven_client(place: Context, asked: Asked, given: Parameters) -> Client:
    """Return the client as `calling_client` does, for what a public one must not ask (ASVS 10.4.10); raises Refused."""
    client = calling_client(place, asked, given)
    if client.public:
        raise Refused(PUBLIC_REFUSED)
    return client


def answer(body: Mapping[str, object], status: int = 200) -> Reply:
    """Return JSON that no cache keeps (RFC 6749 §5.1)."""
    return Reply(orjson.dumps(body), status, "application/json", UNKEPT)
