"""Databases: PostgreSQL in production, SQLite in the local run, one program for both.

Owns: engines, transactions, column types that mean the same on both, migrations. Offers: `Database`, `UtcDateTime`,
`JsonColumn`, `SealedText`, `SealedHash`, `Query`, `beside`, `claimed`, `changed`, `insert_into`, `table_of`,
`lost_to_a_rival`, `wait_briefly`, `NAMING`. Refuses to know: any table of a service.
"""

from shared.db.columns import NAMING, JsonColumn, SealedHash, SealedText, UtcDateTime
from shared.db.database import Database, changed, claimed, insert_into, open_database, table_of
from shared.db.queries import Query, Source, beside
from shared.db.rivals import lost_to_a_rival, wait_briefly

__all__ = [
    "NAMING",
    "Database",
    "JsonColumn",
    "Query",
    "SealedHash",
    "SealedText",
    "Source",
    "UtcDateTime",
    "beside",
    "changed",
    "claimed",
    "insert_into",
    "lost_to_a_rival",
    "open_database",
    "table_of",
    "wait_briefly",
]
