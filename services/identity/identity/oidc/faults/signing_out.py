"""Refusals of a request to sign out (RP-Initiated Logout 1.0 §4)."""

from identity.oidc.faults.fault import REQUEST, Fault

# signing out.
HINT_REFUSED = Fault(
    "GH-OIDC-060", REQUEST, "id_token_hint is not an ID token of ours for this client.", "Send the last ID token."
)
LANDING_UNREGISTERED = Fault(
    "GH-OIDC-061",
    REQUEST,
    "post_logout_redirect_uri is not registered for this client.",
    "Register exactly what the app sends, and send id_token_hint with it.",
)
