"""The dictionary of refusals: one entry each, with a stable code, the OAuth error name, why, and what to do. Pure data.

Names are Authlib's error classes (RFC 6749 §4.1.2.1 and §5.2, OIDC Core §3.1.2.6). Sentences keep to the characters
that `error_description` may hold: ASCII without double quote and backslash.
"""

from dataclasses import dataclass

from authlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    UnauthorizedClientError,
)
from authlib.oidc.core.errors import (
    InteractionRequiredError,
    LoginRequiredError,
    RegistrationNotSupportedError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)

_REQUEST = str(InvalidRequestError.error)
_CLIENT = str(InvalidClientError.error)
_GRANT = str(InvalidGrantError.error)
_SCOPE = str(InvalidScopeError.error)
_TOKEN = "invalid_token"  # noqa: S105 - RFC 6750 §3.1


@dataclass(frozen=True)
class Fault:
    """One way to be refused. `code` never changes its meaning; `status` is for answers that are not redirects."""

    code: str
    error: str
    why: str
    mend: str
    status: int = 400


class Refused(Exception):
    """A request that is refused for `fault`; `detail` names what was received, where that helps and is harmless."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.code} {fault.error}: {fault.why} {detail}".rstrip())
        self.fault = fault
        self.detail = detail

    @property
    def description(self) -> str:
        """The text for `error_description`, code included."""
        return describe(self.fault)


def describe(fault: Fault) -> str:
    """Return why and what to do in one line; what was received stays out of it."""
    return f"{fault.why} {fault.mend} ({fault.code})"


# 001-009: nothing is proven yet, so nothing is redirected.
UNKNOWN_CLIENT = Fault(
    "GH-OIDC-001", _CLIENT, "No client has this client_id.", "Compare client_id with the registration.", 400
)
REDIRECT_MISSING = Fault(
    "GH-OIDC-002", _REQUEST, "redirect_uri is missing.", "Send one of the registered addresses in full."
)
REDIRECT_UNREGISTERED = Fault(
    "GH-OIDC-003",
    _REQUEST,
    "redirect_uri is not registered for this client.",
    "Addresses are compared character for character; register exactly what the app sends.",
)
CLIENT_REPEATED = Fault("GH-OIDC-004", _REQUEST, "client_id or redirect_uri stands twice.", "Send each parameter once.")
TOO_LONG = Fault("GH-OIDC-005", _REQUEST, "The request is too long.", "Keep it under 4,000 characters.")
UNREADABLE = Fault(
    "GH-OIDC-006", _REQUEST, "A parameter holds control characters.", "Send printable text, percent-encoded once."
)

# 010-029: the authorization request.
REPEATED = Fault("GH-OIDC-010", _REQUEST, "A parameter stands twice.", "Send each parameter once (RFC 6749 3.1).")
RESPONSE_TYPE_MISSING = Fault("GH-OIDC-011", _REQUEST, "response_type is missing.", "Send response_type=code.")
RESPONSE_TYPE = Fault(
    "GH-OIDC-012", "unsupported_response_type", "This response_type is not offered.", "Send response_type=code."
)
RESPONSE_MODE = Fault(
    "GH-OIDC-013", _REQUEST, "This response_mode is not offered.", "Leave it out, or send query or form_post."
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
    "request_uri is not offered.",
    "Send the parameters themselves.",
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
    "GH-OIDC-018", _REQUEST, "code_challenge is missing.", "Send a PKCE challenge made with S256 (RFC 7636)."
)
CHALLENGE_METHOD = Fault(
    "GH-OIDC-019", _REQUEST, "code_challenge_method is not S256.", "Send code_challenge_method=S256; plain is refused."
)
CHALLENGE_FORM = Fault(
    "GH-OIDC-020",
    _REQUEST,
    "code_challenge is not base64url of a SHA-256.",
    "It has exactly 43 characters, without padding.",
)
SCOPE_MISSING = Fault("GH-OIDC-021", _SCOPE, "scope is missing.", "Send at least scope=openid.")
SCOPE_NOT_ALLOWED = Fault(
    "GH-OIDC-022", _SCOPE, "A scope is not registered for this client.", "Ask the operator to add it, or leave it out."
)
RESOURCE = Fault(
    "GH-OIDC-023",
    "invalid_target",
    "The resource is not registered for this client.",
    "Send an address of its registered audiences (RFC 8707).",
)
PROMPT = Fault(
    "GH-OIDC-024",
    _REQUEST,
    "prompt holds a word that we do not know, or none beside another.",
    "Send none, login, select_account or consent.",
)
MAX_AGE = Fault("GH-OIDC-025", _REQUEST, "max_age is not a number of seconds.", "Send a whole number from 0.")
NONCE_LONG = Fault("GH-OIDC-026", _REQUEST, "nonce is too long.", "Keep it under 255 characters.")

# 030-039: the person.
LOGIN_REQUIRED = Fault(
    "GH-OIDC-030",
    str(LoginRequiredError.error),
    "Nobody is signed in, or not lately enough.",
    "Ask without prompt=none.",
)
STEP_UP_REQUIRED = Fault(
    "GH-OIDC-031",
    str(InteractionRequiredError.error),
    "The sign-in is not strong enough for this client.",
    "Ask without prompt=none, so that the person can add a second factor.",
)
ORGANIZATION_REQUIRED = Fault(
    "GH-OIDC-032",
    str(InteractionRequiredError.error),
    "The person works for several organizations and has not chosen one.",
    "Ask without prompt=none.",
)
WRONG_POPULATION = Fault(
    "GH-OIDC-033",
    str(AccessDeniedError.error),
    "This client is for people of another population.",
    "Tell the person which portal is theirs.",
    403,
)
TERMS_NOT_ACCEPTED = Fault(
    "GH-OIDC-034",
    str(InteractionRequiredError.error),
    "The person has yet to accept the terms of use in force.",
    "Ask without prompt=none.",
)

# 040-059: the endpoints that clients call.
QUERY_STRING = Fault(
    "GH-OIDC-040", _REQUEST, "The address carries a query string.", "Send every parameter in the body."
)
NOT_A_FORM = Fault("GH-OIDC-041", _REQUEST, "The body is not a form.", "Send application/x-www-form-urlencoded.")
TWO_METHODS = Fault(
    "GH-OIDC-042",
    _REQUEST,
    "The client authenticates in two ways at once.",
    "Use the Authorization header or the body, not both (RFC 6749 2.3).",
)
CLIENT_REFUSED = Fault(
    "GH-OIDC-043",
    _CLIENT,
    "The client could not be authenticated.",
    "Compare client_id, secret and method with the registration.",
    401,
)
GRANT_TYPE_MISSING = Fault("GH-OIDC-044", _REQUEST, "grant_type is missing.", "Send grant_type.")
GRANT_TYPE = Fault(
    "GH-OIDC-045",
    "unsupported_grant_type",
    "This grant_type is not offered.",
    "Send authorization_code, refresh_token or client_credentials.",
)
GRANT_NOT_ALLOWED = Fault(
    "GH-OIDC-046",
    str(UnauthorizedClientError.error),
    "This client is not registered for this grant_type.",
    "Ask the operator to add it.",
)
PARAMETER_MISSING = Fault("GH-OIDC-047", _REQUEST, "A parameter is missing.", "Send what the RFC names.")
CODE_REFUSED = Fault(
    "GH-OIDC-048",
    _GRANT,
    "The code is not good here.",
    "A code lives 60 seconds, for one use by its own client, with the redirect_uri and verifier of its request.",
)
CODE_REPLAYED = Fault(
    "GH-OIDC-049", _GRANT, "The code was used before.", "Every token of this sign-in is revoked; start again."
)
REFRESH_REFUSED = Fault(
    "GH-OIDC-050", _GRANT, "The refresh token is not good here.", "Start a new authorization request."
)
REFRESH_REPLAYED = Fault(
    "GH-OIDC-051",
    _GRANT,
    "The refresh token was used before.",
    "Every token of this sign-in is revoked: store the new token of each answer, and refresh one at a time.",
)
GRANT_OVER = Fault(
    "GH-OIDC-052", _GRANT, "The sign-in behind this grant is over.", "Start a new authorization request."
)
SCOPE_GROWS = Fault(
    "GH-OIDC-053", _SCOPE, "The scope is wider than what was granted.", "Ask for the same scope or less."
)
TOKEN_REFUSED = Fault(
    "GH-OIDC-054", _TOKEN, "The access token is not good here.", "Get a new one; it may be expired or revoked.", 401
)
TOKEN_MISSING = Fault(
    "GH-OIDC-055", _TOKEN, "There is no access token.", "Send Authorization: Bearer, or access_token in a form.", 401
)
TOKEN_SCOPE = Fault(
    "GH-OIDC-056", "insufficient_scope", "The access token lacks the scope openid.", "Ask for scope openid.", 403
)
TOKEN_TWICE = Fault("GH-OIDC-057", _REQUEST, "The access token was sent in two ways.", "Use one way (RFC 6750 2).", 400)

# 060-069: signing out.
HINT_REFUSED = Fault(
    "GH-OIDC-060", _REQUEST, "id_token_hint is not an ID token of ours for this client.", "Send the last ID token."
)
LANDING_UNREGISTERED = Fault(
    "GH-OIDC-061",
    _REQUEST,
    "post_logout_redirect_uri is not registered for this client.",
    "Register exactly what the app sends, and send id_token_hint with it.",
)
