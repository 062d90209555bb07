"""The modules of the plans `openid-ssf-transmitter-test-plan` and `…-caep-test-plan`, in the plans' order.

`test_plan.py` holds this table and the tests together: each module has exactly one test of its name.
"""

_CONTROL = "openid-ssf-stream-control"
_VERIFICATION = "openid-ssf-transmitter-stream-verification"

TRANSMITTER = (
    "openid-ssf-transmitter-metadata",
    f"{_CONTROL}-happy-path",
    f"{_CONTROL}-error-create-stream-with-broken-input",
    f"{_CONTROL}-error-create-stream-with-invalid-token",
    f"{_CONTROL}-error-create-stream-with-duplicate-config",
    f"{_CONTROL}-error-read-stream-with-invalid-token",
    f"{_CONTROL}-error-read-unknown-stream",
    f"{_CONTROL}-error-update-stream-with-invalid-token",
    f"{_CONTROL}-error-update-stream-with-invalid-body",
    f"{_CONTROL}-error-update-unknown-stream",
    f"{_CONTROL}-error-replace-stream-with-invalid-token",
    f"{_CONTROL}-error-replace-stream-with-invalid-body",
    f"{_CONTROL}-error-replace-unknown-stream",
    f"{_CONTROL}-error-delete-stream-with-invalid-token",
    f"{_CONTROL}-error-delete-unknown-stream",
    "openid-ssf-stream-subject-control",
    f"{_VERIFICATION}-push",
    f"{_VERIFICATION}-poll-only",
    f"{_VERIFICATION}-poll-and-ack",
    f"{_VERIFICATION}-ack-only",
    f"{_VERIFICATION}-error-push-no-auth",
)
CAEP = ("openid-ssf-transmitter-stream-caep-interop",)
# Modules of the suite's development line that no plan has been published with yet.
NEWER = (
    f"{_CONTROL}-create-stream-without-delivery",
    f"{_CONTROL}-error-create-stream-with-read-only-token",
    f"{_CONTROL}-error-read-stream-without-token",
    f"{_CONTROL}-error-token-in-uri-query",
    f"{_CONTROL}-error-read-stream-status-with-invalid-token",
    f"{_CONTROL}-error-read-status-of-unknown-stream",
    f"{_VERIFICATION}-error-unknown-stream",
    f"{_VERIFICATION}-error-invalid-body",
    "openid-ssf-transmitter-poll-endpoint-authorization",
    "openid-ssf-transmitter-poll-endpoint-url-unique-per-stream",
    "openid-ssf-transmitter-paused-stream-holds-events",
    "openid-ssf-transmitter-disabled-stream-drops-events",
)
