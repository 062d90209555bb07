"""Refusals of an authorization request, pushed or not (RFC 6749 §4.1.2.1, RFC 9126 §2.3, OIDC Core §3.1.2.6)."""

from authlib.oauth2.rfc6749.errors import AccessDeniedError, UnauthorizedClientError
from authlib.oidc.core.errors import (
    ConsentRequiredError,
    InvalidRequestURIError,
    RegistrationNotSupportedError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)

from identity.oidc.faults.fault import CLIENT, REQUEST, SCOPE, Fault

# nothing is proven yet, so nothing is redirected.
UNKNOWN_CLIENT = Fault(
    "GH-OIDC-001", CLIENT, "No client has this client_id.", "Compare client_id with the registration.", 400
)
REDIRECT_MISSING = Fault(
    "GH-OIDC-002", REQUEST, "redirect_uri is missing.", "Send one of the registered addresses in full."
)
REDIRECT_UNREGISTERED = Fault(
    "GH-OIDC-003",
    REQUEST,
    "redirect_uri is not registered for this client.",
    "Addresses are compared character for character; register exactly what the app sends.",
)
CLIENT_REPEATED = Fault("GH-OIDC-004", REQUEST, "client_id or redirect_uri stands twice.", "Send each parameter once.")
TOO_LONG = Fault("GH-OIDC-005", REQUEST, "The request is too long.", "Keep it under 4,000 characters.")
UNREADABLE = Fault(
    "GH-OIDC-006", REQUEST, "A parameter holds control characters.", "Send printable text, percent-encoded once."
)
# the authorization request.
REPEATED = Fault("GH-OIDC-010", REQUEST, "A parameter stands twice.", "Send each parameter once (RFC 6749 3.1).")
RESPONSE_TYPE_MISSING = Fault("GH-OIDC-011", REQUEST, "response_type is missing.", "Send response_type=code.")
RESPONSE_TYPE = Fault(
    "GH-OIDC-012", "unsupported_response_type", "This response_type is not offered.", "Send response_type=code."
)
RESPONSE_MODE = Fault(
    "GH-OIDC-013", REQUEST, "This response_mode is not offered.", "Leave it out, or send query or form_post."
)
REQUEST_OBJECT = Fault(
    "GH-OIDC-014",
    str(RequestNotSupportedError.error),
    "Request objects are not offered.",
    "Send the parameters themselves.",
)
REQUEST_URI = Fault(
    "GH-OIDC-015",
    str(RequestURINotSupportedError.error),
    "Requests at addresses of others are not fetched.",
    "Push the request (RFC 9126), or send the parameters themselves.",
)
REGISTRATION = Fault(
    "GH-OIDC-016",
    str(RegistrationNotSupportedError.error),
    "The registration parameter is not offered.",
    "Ask the operator to register the client.",
)
CODE_NOT_ALLOWED = Fault(
    "GH-OIDC-017",
    str(UnauthorizedClientError.error),
    "This client is not registered for the code flow.",
    "Ask the operator to add authorization_code to its grant types.",
)
CHALLENGE_MISSING = Fault(
    "GH-OIDC-018", REQUEST, "code_challenge is missing.", "Send a PKCE challenge made with S256 (RFC 7636)."
)
CHALLENGE_METHOD = Fault(
    "GH-OIDC-019", REQUEST, "code_challenge_method is not S256.", "Send code_challenge_method=S256; plain is refused."
)
CHALLENGE_FORM = Fault(
    "GH-OIDC-020",
    REQUEST,
    "code_challenge is not base64url of a SHA-256.",
    "It has exactly 43 characters, without padding.",
)
SCOPE_MISSING = Fault("GH-OIDC-021", SCOPE, "scope is missing.", "Send at least scope=openid.")
SCOPE_NOT_ALLOWED = Fault(
    "GH-OIDC-022", SCOPE, "A scope is not registered for this client.", "Ask the operator to add it, or leave it out."
)
RESOURCE = Fault(
    "GH-OIDC-023",
    "invalid_target",
    "The resource is not registered for this client.",
    "Send an address of its registered audiences (RFC 8707).",
)
PROMPT = Fault(
    "GH-OIDC-024",
    REQUEST,
    "prompt holds a word that we do not know, or none beside another.",
    "Send none, login, select_account, consent or create.",
)
MAX_AGE = Fault("GH-OIDC-025", REQUEST, "max_age is not a number of seconds.", "Send a whole number from 0.")
NONCE_LONG = Fault("GH-OIDC-026", REQUEST, "nonce is too long.", "Keep it under 255 characters.")
# pushed requests, claims, levels, consent, organizations.
REQUEST_URI_UNKNOWN = Fault(
    "GH-OIDC-080",
    str(InvalidRequestURIError.error),
    "This client pushed no request under this request_uri.",
    "Send the browser with the client_id that pushed the request and the request_uri of that answer, unchanged.",
)
REQUEST_URI_USED = Fault(
    "GH-OIDC-081",
    str(InvalidRequestURIError.error),
    "The request_uri was used before.",
    "Push a new request for every sign-in (RFC 9126 4).",
)
REQUEST_URI_EXPIRED = Fault(
    "GH-OIDC-082",
    str(InvalidRequestURIError.error),
    "The request_uri has run out.",
    "Send the browser within expires_in seconds of pushing the request.",
)
PUSH_FIRST = Fault(
    "GH-OIDC-083",
    REQUEST,
    "This client may not send its requests through the browser.",
    "Push the request to pushed_authorization_request_endpoint and send the browser with client_id and request_uri.",
)
REQUEST_URI_PUSHED = Fault(
    "GH-OIDC-084",
    REQUEST,
    "A pushed request holds a request_uri.",
    "Push the parameters themselves (RFC 9126 2.1).",
)
CLAIMS = Fault(
    "GH-OIDC-085",
    REQUEST,
    "The claims parameter cannot be read.",
    "Send JSON with the members id_token and userinfo, each an object of claims (OIDC Core 5.5).",
)
ACR_UNMET = Fault(
    "GH-OIDC-086",
    "unmet_authentication_requirements",
    "The sign-in does not reach a level that the claims parameter makes essential.",
    "Ask for levels of acr_values_supported, and without prompt=none, so that the person can add a factor.",
)
CONSENT_REQUIRED = Fault(
    "GH-OIDC-087",
    str(ConsentRequiredError.error),
    "The person has not allowed the app all that it asks for.",
    "Ask without prompt=none, so that the person can answer.",
)
CONSENT_DENIED = Fault(
    "GH-OIDC-088",
    str(AccessDeniedError.error),
    "The person does not allow it.",
    "Respect the answer; ask for less, or later.",
)
NOT_THEIR_ORGANIZATION = Fault(
    "GH-OIDC-089",
    str(AccessDeniedError.error),
    "The person works for no organization with this id.",
    "Leave organization out, so that the person can choose, or send an id from the claim org of their tokens.",
)
JKT_FORM = Fault(
    "GH-OIDC-090",
    REQUEST,
    "dpop_jkt is not the thumbprint of a key.",
    "Send the SHA-256 thumbprint of the public key, 43 characters of base64url (RFC 9449 10).",
)
JKT_DIFFERS = Fault(
    "GH-OIDC-091",
    "invalid_dpop_proof",
    "dpop_jkt names another key than the one of the DPoP proof.",
    "Make the proof with the key that dpop_jkt names, or leave dpop_jkt out (RFC 9449 10.1).",
)
HINTS_DIFFER = Fault(
    "GH-OIDC-092",
    REQUEST,
    "id_token_hint and the claim sub name different people.",
    "Send one of the two.",
)
PUSH_CROWD = Fault(
    "GH-OIDC-093",
    "temporarily_unavailable",
    "Too many requests were pushed from this address.",
    "Wait a minute, and push one request for each sign-in (RFC 9126 2.3).",
    429,
)
