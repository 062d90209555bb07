"""A reference to a pushed request brings the request itself; whatever stands beside it is not read (RFC 9126 §4).

Nothing but the client's own, unused and young reference opens anything (threat 13). A `request_uri` of another kind is
left to `request_object`, which refuses it: nothing is ever fetched (threat 12).
"""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.authorize.pushed.models import PREFIX
from identity.oidc.faults.asking import REQUEST_URI_UNKNOWN
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Prove `pushed` and put what was pushed in place of what the browser says."""
    uri = inquiry.asked.get("request_uri")
    if inquiry.pushing or uri is None or not uri.startswith(PREFIX):
        return
    found = inquiry.known.pushed(inquiry.client.id, uri)
    if found is None:
        raise Refused(REQUEST_URI_UNKNOWN)
    fault = found.fault(inquiry.now)
    if fault is not None:
        raise Refused(fault)
    inquiry.pushed, inquiry.asked = found, found.asked
