"""The floor's own tables: every service database has them, whoever the service is.

The migrations under `shared/db/migrations` create them (and the triggers that keep the audit append-only); a test
compares both. Owners: outbox, inbox and parked_events `shared.events`; audit_* `shared.audit`; notices
`shared.notices`; idempotency_keys and web_sessions `shared.web`; job_leases the worker.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text, text

from shared.db.columns import NAMING, JsonColumn, SealedText, UtcDateTime

FLOOR = MetaData(naming_convention=NAMING)

# SQLite only numbers rows by itself where the key is an INTEGER.
_Number = BigInteger().with_variant(Integer(), "sqlite")

# What this service owes the others. A row is deleted once the broker has confirmed it, so the table stays small.
outbox = Table(
    "outbox",
    FLOOR,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("event_id", String(64), nullable=False),
    Column("type", String(100), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# What this service has already taken in: the same event is handled once.
inbox = Table(
    "inbox",
    FLOOR,
    Column("event_id", String(200), primary_key=True),
    Column("type", String(200), nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
)

# What could not be taken in, with the reason; an operator replays or discards it.
parked_events = Table(
    "parked_events",
    FLOOR,
    Column("id", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("event_id", String(200)),
    Column("type", String(200), nullable=False),
    Column("sender", String(100), nullable=False),
    Column("subject", String(200)),
    Column("body", LargeBinary, nullable=False),
    Column("fault", String(40), nullable=False),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("parked_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("settled_by", String(64)),
    Column("settled_reason", Text),
    Index("ix_parked_events_state_parked_at", "state", "parked_at"),
)

# Mail and text messages on their way out; `body` is blanked once it is sent or given up.
notices = Table(
    "notices",
    FLOOR,
    Column("id", String(64), primary_key=True),
    Column("channel", String(10), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("body", Text, nullable=False),
    Column("key", String(200), unique=True),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("claimed_by", String(64)),
    Column("last_error", String(300)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Index(
        "ix_notices_waiting",
        "due_at",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)

# Who did what to whom. Triggers refuse UPDATE, DELETE and TRUNCATE, and list each new row in audit_pending.
audit_entries = Table(
    "audit_entries",
    FLOOR,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(64), nullable=False),
    Column("actor_kind", String(10), nullable=False),
    Column("on_behalf_of", String(64)),
    Column("action", String(100), nullable=False),
    Column("target", String(200), nullable=False, index=True),
    Column("organization", String(64), index=True),
    Column("before", JsonColumn),
    Column("after", JsonColumn),
    Column("reason", Text),
    Column("request_id", String(128)),
)

# Entries that wait for their seal; almost always empty, so the sealer never searches the large table.
audit_pending = Table(
    "audit_pending",
    FLOOR,
    Column("number", _Number, primary_key=True, autoincrement=False),
)

# The chain: each seal covers its entry and the seal before it. Append-only like the entries.
audit_seals = Table(
    "audit_seals",
    FLOOR,
    Column("position", _Number, primary_key=True, autoincrement=False),
    Column("entry_number", _Number, nullable=False, unique=True),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("sealed_at", UtcDateTime, nullable=False),
)

# The answer to a mutation that may be sent twice (`Idempotency-Key`), per caller.
idempotency_keys = Table(
    "idempotency_keys",
    FLOOR,
    Column("caller", String(100), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", Text),
    Column("body", SealedText),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("done_at", UtcDateTime),
)

# Sign-ins at this service's own pages; `id` is the hash of what the cookie holds.
web_sessions = Table(
    "web_sessions",
    FLOOR,
    Column("id", String(64), primary_key=True),
    Column("account_id", String(64), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("population", String(20), nullable=False),
    Column("acr", String(60), nullable=False),
    Column("auth_time", UtcDateTime, nullable=False),
    Column("sid", String(64), nullable=False, index=True),
    Column("organization_id", String(64)),
    Column("data", JsonColumn),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# Which worker runs a job now, and when it last ran.
job_leases = Table(
    "job_leases",
    FLOOR,
    Column("name", String(100), primary_key=True),
    Column("owner", String(100)),
    Column("until", UtcDateTime),
    Column("last_run_at", UtcDateTime),
)
