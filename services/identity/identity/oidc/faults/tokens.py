"""Refusals of grants and tokens (RFC 6749 §5.2, RFC 6750 §3.1, RFC 8628 §3.5, RFC 8693 §2.2.2, RFC 9449 §7.1)."""

from authlib.oauth2.rfc6749.errors import AccessDeniedError

from identity.oidc.faults.fault import GRANT, REQUEST, SCOPE, TOKEN, Fault

CODE_REFUSED = Fault(
    "GH-OIDC-048",
    GRANT,
    "The code is not good here.",
    "A code lives 60 seconds, for one use by its own client, with the redirect_uri and verifier of its request.",
)
CODE_REPLAYED = Fault(
    "GH-OIDC-049", GRANT, "The code was used before.", "Every token of this sign-in is revoked; start again."
)
REFRESH_REFUSED = Fault(
    "GH-OIDC-050", GRANT, "The refresh token is not good here.", "Start a new authorization request."
)
REFRESH_REPLAYED = Fault(
    "GH-OIDC-051",
    GRANT,
    "The refresh token was used before.",
    "Every token of this sign-in is revoked: store the new token of each answer, and refresh one at a time.",
)
GRANT_OVER = Fault("GH-OIDC-052", GRANT, "The sign-in behind this grant is over.", "Start a new authorization request.")
SCOPE_GROWS = Fault(
    "GH-OIDC-053", SCOPE, "The scope is wider than what was granted.", "Ask for the same scope or less."
)
TOKEN_REFUSED = Fault(
    "GH-OIDC-054", TOKEN, "The access token is not good here.", "Get a new one; it may be expired or revoked.", 401
)
TOKEN_MISSING = Fault(
    "GH-OIDC-055", TOKEN, "There is no access token.", "Send Authorization: Bearer, or access_token in a form.", 401
)
TOKEN_SCOPE = Fault(
    "GH-OIDC-056", "insufficient_scope", "The access token lacks the scope openid.", "Ask for scope openid.", 403
)
TOKEN_TWICE = Fault("GH-OIDC-057", REQUEST, "The access token was sent in two ways.", "Use one way (RFC 6750 2).", 400)
# tokens bound to a key (RFC 9449), and tokens for one API (RFC 8707).
PROOF_REFUSED = Fault(
    "GH-OIDC-100",
    "invalid_dpop_proof",
    "The DPoP proof is not good.",
    "Make a new one for each request: its method and address, the present time, a jti of its own, your public key.",
)
NONCE_WANTED = Fault(
    "GH-OIDC-101",
    "use_dpop_nonce",
    "The DPoP proof needs the nonce of the header DPoP-Nonce.",
    "Make the proof again with it as nonce; every answer brings the one to use next (RFC 9449 8).",
)
PROOF_MISSING = Fault(
    "GH-OIDC-102",
    REQUEST,
    "This client gets only tokens that are bound to a key, and the header DPoP is missing.",
    "Send a DPoP proof with every token request (RFC 9449 5).",
)
OTHER_KEY = Fault(
    "GH-OIDC-103",
    GRANT,
    "This grant is bound to another key.",
    "Send a DPoP proof made with the key that the grant began with.",
)
TOKEN_BOUND = Fault(
    "GH-OIDC-104",
    TOKEN,
    "The access token and the way it was sent do not fit: it is bound to a key, or to none.",
    "Send a bound token as Authorization: DPoP with a proof of its key, every other token as Bearer.",
    401,
)
TOKEN_ELSEWHERE = Fault(
    "GH-OIDC-105",
    TOKEN,
    "The access token is for another API.",
    "Ask for a token without resource, or with the issuer as one of the resources.",
    401,
)
RESOURCE_GROWS = Fault(
    "GH-OIDC-106",
    "invalid_target",
    "The resource is not among those that were granted.",
    "Ask for fewer of them, or start a new authorization request (RFC 8707 2.2).",
)
# devices without a keyboard (RFC 8628 3.5).
DEVICE_WAITS = Fault(
    "GH-OIDC-110",
    "authorization_pending",
    "The person has not answered yet.",
    "Ask again after the interval of the device authorization, 5 seconds at least.",
)
DEVICE_TOO_FAST = Fault(
    "GH-OIDC-111",
    "slow_down",
    "The device asks too often.",
    "Wait 5 seconds longer between all questions from now on (RFC 8628 3.5).",
)
DEVICE_OVER = Fault(
    "GH-OIDC-112", "expired_token", "The device code has run out.", "Start a new device authorization request."
)
DEVICE_DENIED = Fault(
    "GH-OIDC-113",
    str(AccessDeniedError.error),
    "The person did not allow it.",
    "Stop asking, and say so on the device.",
)
DEVICE_REFUSED = Fault(
    "GH-OIDC-114", GRANT, "The device code is not good here.", "Send the code that this very client was given."
)
DEVICE_REPLAYED = Fault(
    "GH-OIDC-115",
    GRANT,
    "The device code was used before.",
    "Every token of this sign-in is revoked: ask no more once the tokens have come.",
)
DEVICE_CROWD = Fault(
    "GH-OIDC-120",
    "temporarily_unavailable",
    "Too many devices began from this address.",
    "Wait a minute, and ask for one code at a time.",
    429,
)
# token exchange (RFC 8693 2.2.2).
SUBJECT_TYPE = Fault(
    "GH-OIDC-116",
    REQUEST,
    "The type of a token is missing or not offered.",
    "Send urn:ietf:params:oauth:token-type:access_token beside each token, and as requested_token_type or not at all.",
)
SUBJECT_REFUSED = Fault(
    "GH-OIDC-117",
    REQUEST,
    "subject_token is not good here.",
    "Send an access token of ours that speaks of a person and is neither expired nor revoked.",
)
ACTOR_REFUSED = Fault(
    "GH-OIDC-118",
    REQUEST,
    "actor_token is not good here.",
    "Send an access token that this very client was given for the person who acts, and that is in force.",
)
CHAIN_TOO_LONG = Fault(
    "GH-OIDC-119",
    REQUEST,
    "The subject_token has passed through too many hands.",
    "Exchange the token of the person, not one that was exchanged three times already.",
)
