"""Databases: PostgreSQL in production, SQLite in the local run, one program for both.

Owns: engines, transactions, column types that mean the same on both, migrations. Offers: `Database`, `UtcDateTime`,
`JsonColumn`, `claimed`, `changed`, `insert_into`, `table_of`, `NAMING`. Refuses to know: any table of a service.
"""

from shared.db.columns import NAMING, JsonColumn, UtcDateTime
from shared.db.database import Database, changed, claimed, insert_into, open_database, table_of

__all__ = [
    "NAMING",
    "Database",
    "JsonColumn",
    "UtcDateTime",
    "changed",
    "claimed",
    "insert_into",
    "open_database",
    "table_of",
]
