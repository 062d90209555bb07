"""Refusals of a call: how it is sent, and who sends it (RFC 6749 §5.2, RFC 7523 §3)."""

from authlib.oauth2.rfc6749.errors import UnauthorizedClientError

from identity.oidc.faults.fault import CLIENT, REQUEST, Fault

# the endpoints that clients call.
QUERY_STRING = Fault("GH-OIDC-040", REQUEST, "The address carries a query string.", "Send every parameter in the body.")
NOT_A_FORM = Fault("GH-OIDC-041", REQUEST, "The body is not a form.", "Send application/x-www-form-urlencoded.")
TWO_METHODS = Fault(
    "GH-OIDC-042",
    REQUEST,
    "The client authenticates in two ways at once.",
    "Use the Authorization header or the body, not both (RFC 6749 2.3).",
)
CLIENT_REFUSED = Fault(
    "GH-OIDC-043",
    CLIENT,
    "The client could not be authenticated.",
    "Compare client_id, secret and method with the registration.",
    401,
)
GRANT_TYPE_MISSING = Fault("GH-OIDC-044", REQUEST, "grant_type is missing.", "Send grant_type.")
GRANT_TYPE = Fault(
    "GH-OIDC-045",
    "unsupported_grant_type",
    "This grant_type is not offered.",
    "Send one of grant_types_supported of the metadata.",
)
GRANT_NOT_ALLOWED = Fault(
    "GH-OIDC-046",
    str(UnauthorizedClientError.error),
    "This client is not registered for this grant_type.",
    "Ask the operator to add it.",
)
PARAMETER_MISSING = Fault("GH-OIDC-047", REQUEST, "A parameter is missing.", "Send what the RFC names.")
# how clients prove themselves.
PROOF_NOT_KEPT = Fault(
    "GH-OIDC-070",
    "temporarily_unavailable",
    "We cannot tell at the moment whether this client_assertion was used before.",
    "Try again shortly, with a new assertion: each is good once.",
    503,
)
PUBLIC_REFUSED = Fault(
    "GH-OIDC-071",
    CLIENT,
    "This endpoint is for clients that can keep a secret.",
    "Ask from the server of the app, with a client that has a secret or a key.",
    401,
)
