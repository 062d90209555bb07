"""Databases: PostgreSQL in production, SQLite in the local run, one program for both.

Owns: engines, transactions, column types that mean the same on both, migrations. Offers: `Database`, `UtcDateTime`,
`JsonColumn`, `Query`, `beside`, `claimed`, `changed`, `insert_into`, `table_of`, `NAMING`. Refuses to know: any
table of a service.
"""

from shared.db.columns import NAMING, JsonColumn, UtcDateTime
from shared.db.database import Database, changed, claimed, insert_into, open_database, table_of
from shared.db.queries import Query, Source, beside

__all__ = [
    "NAMING",
    "Database",
    "JsonColumn",
    "Query",
    "Source",
    "UtcDateTime",
    "beside",
    "changed",
    "claimed",
    "insert_into",
    "open_database",
    "table_of",
]
