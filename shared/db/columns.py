"""Column types with one meaning on both databases."""

import sqlite3
from datetime import UTC, datetime
from typing import NoReturn

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from sqlalchemy import JSON, DateTime, Dialect, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from shared.sealed import Sealed

# Names given by rule, so that migrations can alter constraints by name on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

JsonColumn = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out. SQLite stores it naive in UTC, so text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; hand SQLite a naive one in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware value in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedText(TypeDecorator[str]):
    """What a `SecretBox` has closed, and nothing else: of a length, or of any. Empty is empty on both sides.

    The declaration is all that a change of keys knows of a column (`<service> secrets reseal`).
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Text, where no length was given."""
        length: int | None = self.length
        return String(length) if length else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Refuse what no box has closed."""
        if value and not isinstance(value, Sealed):
            raise ValueError("this column takes what a box has sealed")
        return value if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sealed | None:
        """Return it as what it is, so that it may go to another sealed column."""
        return None if value is None else Sealed(value)


class SealedHash(SealedText):
    """What a `HashBox` has closed."""

    cache_ok = True


def _refuse(_value: Sealed) -> NoReturn:
    raise TypeError("what a box has sealed belongs in a column that says so: SealedText or SealedHash")


class _Refusing(Dumper):
    def dump(self, obj: Sealed) -> Buffer:
        _refuse(obj)


# Elsewhere it would be stored, and lost on the day on which its key goes.
sqlite3.register_adapter(Sealed, _refuse)
psycopg.adapters.register_dumper(Sealed, _Refusing)
