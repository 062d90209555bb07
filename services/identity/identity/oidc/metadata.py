"""What the provider says of itself: exactly what works (OIDC Discovery 1.0 §3, RFC 8414 §2). Pure."""

from collections.abc import Sequence

from identity.oidc.claims import SUPPORTED as CLAIMS
from identity.oidc.clients.policy import ACR_VALUES, AUTH_METHODS, GRANT_TYPES
from identity.oidc.keys.life import ALGORITHMS
from identity.oidc.pkce import S256
from identity.oidc.scopes import PERSONAL

AUTHORIZE = "/oauth/authorize"
TOKEN = "/oauth/token"  # noqa: S105 - a path
USERINFO = "/oauth/userinfo"
INTROSPECT = "/oauth/introspect"
REVOKE = "/oauth/revoke"
LOGOUT = "/oauth/logout"
JWKS = "/oauth/jwks"

RESPONSE_TYPES = ("code",)
RESPONSE_MODES = ("query", "form_post")
PROMPTS = ("none", "login", "select_account", "consent")


def document(issuer: str, languages: Sequence[str]) -> dict[str, object]:
    """Return the metadata of the issuer."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "userinfo_endpoint": issuer + USERINFO,
        "jwks_uri": issuer + JWKS,
        "introspection_endpoint": issuer + INTROSPECT,
        "revocation_endpoint": issuer + REVOKE,
        "end_session_endpoint": issuer + LOGOUT,
        "scopes_supported": list(PERSONAL),
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "introspection_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "code_challenge_methods_supported": [S256],
        "authorization_response_iss_parameter_supported": True,
        "acr_values_supported": list(ACR_VALUES),
        "prompt_values_supported": list(PROMPTS),
        "claim_types_supported": ["normal"],
        "claims_supported": list(CLAIMS),
        "ui_locales_supported": list(languages),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
