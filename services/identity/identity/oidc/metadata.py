"""What the provider says of itself: exactly what works (OIDC Discovery 1.0 §3, RFC 8414 §2). Pure."""

from collections.abc import Sequence

from identity.oidc.claims import SUPPORTED as CLAIMS
from identity.oidc.clients.jwk import ALGORITHMS as ASSERTION_ALGORITHMS
from identity.oidc.clients.policy import ACR_VALUES, AUTH_METHODS, GRANT_TYPES, NONE
from identity.oidc.keys.life import ALGORITHMS
from identity.oidc.pkce import S256
from identity.oidc.scopes import OF_PEOPLE
from shared.auth.dpop import ALGORITHMS as DPOP_ALGORITHMS

AUTHORIZE = "/oauth/authorize"
TOKEN = "/oauth/token"  # noqa: S105 - a path
USERINFO = "/oauth/userinfo"
INTROSPECT = "/oauth/introspect"
REVOKE = "/oauth/revoke"
LOGOUT = "/oauth/logout"
SIGN_OUT = "/oauth/logout/confirmed"
JWKS = "/oauth/jwks"
DEVICE_AUTHORIZATION = "/oauth/device_authorization"
DEVICE = "/oauth/device"
PAR = "/oauth/par"
CONSENT = "/oauth/consent"
REGISTER = "/oauth/register"

RESPONSE_TYPES = ("code",)
RESPONSE_MODES = ("query", "form_post")
PROMPTS = ("none", "login", "select_account", "consent", "create")


def document(issuer: str, languages: Sequence[str]) -> dict[str, object]:
    """Return the metadata of the issuer."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "pushed_authorization_request_endpoint": issuer + PAR,
        "require_pushed_authorization_requests": False,
        "token_endpoint": issuer + TOKEN,
        "userinfo_endpoint": issuer + USERINFO,
        "jwks_uri": issuer + JWKS,
        "introspection_endpoint": issuer + INTROSPECT,
        "revocation_endpoint": issuer + REVOKE,
        "end_session_endpoint": issuer + LOGOUT,
        "device_authorization_endpoint": issuer + DEVICE_AUTHORIZATION,
        "registration_endpoint": issuer + REGISTER,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "scopes_supported": list(OF_PEOPLE),
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": [method for method in AUTH_METHODS if method != NONE],
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "dpop_signing_alg_values_supported": list(DPOP_ALGORITHMS),
        "code_challenge_methods_supported": [S256],
        "authorization_response_iss_parameter_supported": True,
        "acr_values_supported": list(ACR_VALUES),
        "prompt_values_supported": list(PROMPTS),
        "claim_types_supported": ["normal"],
        "claims_supported": list(CLAIMS),
        "ui_locales_supported": list(languages),
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
