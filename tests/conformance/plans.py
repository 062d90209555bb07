"""The modules of the public OpenID Foundation test plans that Gatehouse claims, by name and in the plans' order.

`test_plans.py` holds this table and the tests together: each name has exactly one test, called after it with hyphens
as underscores.
"""

CONFIG = ("oidcc-discovery-endpoint-verification",)

# Run twice: with the default response mode, and with response_mode=form_post (oidcc-formpost-basic-…).
BASIC = tuple(
    f"oidcc-{name}"
    for name in (
        "server",
        "response-type-missing",
        "idtoken-signature",
        "idtoken-unsigned",
        "userinfo-get",
        "userinfo-post-header",
        "userinfo-post-body",
        "ensure-request-without-nonce-succeeds-for-code-flow",
        "scope-profile",
        "scope-email",
        "scope-address",
        "scope-phone",
        "scope-all",
        "alternate-happy-flow",
        "display-page",
        "display-popup",
        "prompt-login",
        "prompt-none-not-logged-in",
        "prompt-none-logged-in",
        "max-age-1",
        "max-age-10000",
        "ensure-request-with-unknown-parameter-succeeds",
        "id-token-hint",
        "login-hint",
        "ui-locales",
        "claims-locales",
        "ensure-request-with-acr-values-succeeds",
        "codereuse",
        "codereuse-30seconds",
        "ensure-registered-redirect-uri",
        "ensure-post-request-succeeds",
        "server-client-secret-post",
        "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
        "unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
        "claims-essential",
        "ensure-request-object-with-redirect-uri",
        "refresh-token",
        "ensure-request-with-valid-pkce-succeeds",
    )
)

RP_INITIATED_LOGOUT = tuple(
    f"oidcc-rp-initiated-logout{name}"
    for name in (
        "-discovery-endpoint-verification",
        "",
        "-bad-post-logout-redirect-uri",
        "-modified-id-token-hint",
        "-no-id-token-hint",
        "-no-params",
        "-no-post-logout-redirect-uri",
        "-no-state",
        "-only-state",
        "-query-added-to-post-logout-redirect-uri",
        "-bad-id-token-hint",
    )
)

BACKCHANNEL_LOGOUT = (
    "oidcc-backchannel-logout-discovery-endpoint-verification",
    "oidcc-backchannel-rp-initiated-logout",
)

# The variant plain_fapi, openid_connect, private_key_jwt, dpop.
FAPI2 = tuple(
    f"fapi2-security-profile-final-{name}"
    for name in (
        "discovery-end-point-verification",
        "happy-flow",
        "user-rejects-authentication",
        "ensure-authorization-request-without-state-success",
        "ensure-authorization-request-without-nonce-success",
        "ensure-authorization-request-with-64-char-nonce-success",
        "ensure-other-scope-order-succeeds",
        "test-claims-parameter-identity-claims",
        "access-token-type-header-case-sensitivity",
        "check-dpop-proof-nbf-exp",
        "ensure-dpopproof-with-iat-10seconds-before-succeeds",
        "ensure-dpopproof-with-iat-10seconds-after-succeeds",
        "ensure-mismatched-dpop-jkt-fails",
        "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
        "ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
        "ensure-dpopproof-at-par-endpoint-binding-success",
        "ensure-dpop-auth-code-binding-success",
        "ensure-different-nonce-inside-and-outside-request-object",
        "ensure-different-state-inside-and-outside-request-object",
        "ensure-authorization-request-with-long-nonce",
        "ensure-authorization-request-with-long-state",
        "state-only-outside-request-object-not-used",
        "ensure-request-object-without-redirect-uri-fails",
        "ensure-registered-redirect-uri",
        "plain-fapi-tolerate-unregistered-redirect-uri",
        "ensure-unsigned-authorization-request-without-using-par-fails",
        "ensure-redirect-uri-in-authorization-request",
        "ensure-response-type-code-idtoken-fails",
        "ensure-response-type-token-fails",
        "ensure-client-id-in-token-endpoint",
        "ensure-holder-of-key-required",
        "ensure-authorization-code-is-bound-to-client",
        "attempt-reuse-authorization-code-after-one-second",
        "ensure-token-endpoint-fails-with-expired-auth-code",
        "ensure-signed-client-assertion-with-RS256-fails",
        "ensure-client-assertion-in-token-endpoint",
        "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails",
        "ensure-client-assertion-with-wrong-aud-fails",
        "ensure-client-assertion-with-no-sub-fails",
        "dpop-negative-tests",
        "refresh-token",
        "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds",
        "par-attempt-reuse-request_uri",
        "par-attempt-to-use-expired-request_uri",
        "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
        "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
        "par-attempt-to-use-request_uri-for-different-client",
        "par-authorization-request-containing-request_uri-form-param",
        "par-attempt-invalid-http-method",
        "par-ensure-pkce-required",
        "ensure-pkce-code-verifier-required",
        "incorrect-pkce-code-verifier-rejected",
        "par-plain-pkce-rejected",
        "par-without-duplicate-parameters",
        "par-test-array-as-audience-fails",
        "par-test-par-endpoint-url-as-audience-fails",
        "par-test-token-endpoint-url-as-audience-fails",
    )
)

PLANS = {
    "oidcc-config-certification-test-plan": CONFIG,
    "oidcc-basic-certification-test-plan": BASIC,
    "oidcc-rp-initiated-logout-certification-test-plan": RP_INITIATED_LOGOUT,
    "oidcc-backchannel-rp-initiated-logout-certification-test-plan": BACKCHANNEL_LOGOUT,
    "fapi2-security-profile-final-test-plan": FAPI2,
}
