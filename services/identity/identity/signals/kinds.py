"""The types of events, by their addresses, and those that are offered. Pure (CAEP 1.0 §3, RISC 1.0 §2, SSF 1.0 §8)."""

_SCHEMAS = "https://schemas.openid.net/secevent"

SESSION_REVOKED = f"{_SCHEMAS}/caep/event-type/session-revoked"
TOKEN_CLAIMS_CHANGE = f"{_SCHEMAS}/caep/event-type/token-claims-change"
CREDENTIAL_CHANGE = f"{_SCHEMAS}/caep/event-type/credential-change"
ASSURANCE_LEVEL_CHANGE = f"{_SCHEMAS}/caep/event-type/assurance-level-change"
ACCOUNT_DISABLED = f"{_SCHEMAS}/risc/event-type/account-disabled"
ACCOUNT_ENABLED = f"{_SCHEMAS}/risc/event-type/account-enabled"
# What is offered is what really happens here; a receiver asks for any of them.
OFFERED = (
    SESSION_REVOKED,
    TOKEN_CLAIMS_CHANGE,
    CREDENTIAL_CHANGE,
    ASSURANCE_LEVEL_CHANGE,
    ACCOUNT_DISABLED,
    ACCOUNT_ENABLED,
)

# Events about the stream itself, which nobody asks for (SSF 1.0 §8.1.4.1 and §8.1.5).
VERIFICATION = f"{_SCHEMAS}/ssf/event-type/verification"
STREAM_UPDATED = f"{_SCHEMAS}/ssf/event-type/stream-updated"


def of_stream(stream_id: str) -> dict[str, str]:
    """Return the `sub_id` of an event about a stream."""
    return {"format": "opaque", "id": stream_id}
