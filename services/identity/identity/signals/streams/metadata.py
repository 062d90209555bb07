"""What the transmitter says of itself, and its addresses (SSF 1.0 §7.1). Pure."""

from identity.oidc.metadata import JWKS
from identity.signals.bearer import API

CONFIGURATION = "/.well-known/ssf-configuration"
STREAMS = f"{API}/streams"
STATUS = f"{API}/status"
ADD_SUBJECT = f"{API}/subjects/add"
REMOVE_SUBJECT = f"{API}/subjects/remove"
VERIFY = f"{API}/verify"
POLL = f"{API}/poll"

PUSH_METHOD = "urn:ietf:rfc:8935"
POLL_METHOD = "urn:ietf:rfc:8936"
OAUTH = "urn:ietf:rfc:6749"


def document(issuer: str, default_subjects: str) -> dict[str, object]:
    """Return the metadata; `default_subjects` is "ALL" or "NONE", as new streams begin."""
    return {
        "spec_version": "1_0",
        "issuer": issuer,
        "jwks_uri": issuer + JWKS,
        "delivery_methods_supported": [PUSH_METHOD, POLL_METHOD],
        "configuration_endpoint": issuer + STREAMS,
        "status_endpoint": issuer + STATUS,
        "add_subject_endpoint": issuer + ADD_SUBJECT,
        "remove_subject_endpoint": issuer + REMOVE_SUBJECT,
        "verification_endpoint": issuer + VERIFY,
        # Whoever passes over the session of {user, session} would end all sessions of a person.
        "critical_subject_members": ["user", "session"],
        "authorization_schemes": [{"spec_urn": OAUTH}],
        "default_subjects": default_subjects,
    }


def poll_url(issuer: str, stream_id: str) -> str:
    """Return where the sets of a stream are fetched; an address of its own for each stream (SSF 1.0 §6.1.2)."""
    return f"{issuer}{POLL}/{stream_id}"
