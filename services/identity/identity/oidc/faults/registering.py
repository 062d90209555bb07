"""Refusals of clients that register themselves (RFC 7591 §3.2.2, RFC 7592)."""

from identity.oidc.faults.fault import REQUEST, TOKEN, Fault

# clients that register themselves (RFC 7591 and 7592).
INITIAL_TOKEN = Fault(
    "GH-OIDC-150",
    TOKEN,
    "The initial access token is missing, used up or expired.",
    "Ask the operator for one, and send it as Authorization: Bearer (RFC 7591 3).",
    401,
)
REGISTRATION_TOKEN = Fault(
    "GH-OIDC-151",
    TOKEN,
    "The registration access token is not the one of this client, or was replaced.",
    "Send the token of the last answer as Authorization: Bearer; each change brings a new one (RFC 7592 3).",
    401,
)
METADATA = Fault(
    "GH-OIDC-152",
    "invalid_client_metadata",
    "The client cannot be registered like this.",
    "Mend what the description names; what an initial access token allows is said by whoever issued it.",
)
REDIRECTS = Fault(
    "GH-OIDC-153",
    "invalid_redirect_uri",
    "A redirect address cannot be registered.",
    "Use https in full, without fragment; http is for loopback addresses only.",
)
NOT_METADATA = Fault(
    "GH-OIDC-154",
    REQUEST,
    "The body is not a JSON object.",
    "Send the client metadata as application/json (RFC 7591 3.1).",
)
