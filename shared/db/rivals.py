"""Who wins where two transactions hold what the other wants: which one gives way, and how it learns that it did."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

# SQLSTATE: serialization_failure, deadlock_detected, lock_not_available.
_RIVALS = frozenset(("40001", "40P01", "55P03"))
# Far below the second after which PostgreSQL looks for circles (`deadlock_timeout`) and ends one of those in it.
_BRIEFLY = text("SET LOCAL lock_timeout = '50ms'")


def lost_to_a_rival(error: BaseException) -> bool:
    """Return whether the database ended a transaction for another's sake only: run again, it may well succeed."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RIVALS


def wait_briefly(session: Session) -> None:
    """Let this transaction wait for no row longer than a moment: for one that holds what many others wait for.

    Whoever does not wait is in nobody's circle. SQLite has one writer at a time, and so no circles.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_BRIEFLY)
