"""The evidence of a review: the same bytes today and in six years, because it holds nothing but frozen rows.

Its SHA-256 is written into the audit when the review closes; the audit is a chain of hashes, so a checksum that was
changed afterwards breaks the chain (docs/decisions/0003-audit-chain.md).
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access_manager.reviews.models import Review, ReviewItem
from shared.spreadsheet import rows as spreadsheet

FORMAT = "gatehouse-access-review/{}"
_FIRST_COLUMNS = (
    "position",
    "membership_id",
    "account_id",
    "name",
    "role",
    "status",
    "functions",
    "function_ends",
    "starts_at",
    "ends_at",
    "last_seen_at",
    "decision",
    "kept",
    "decided_by",
    "decided_by_name",
    "on_behalf_of",
    "decided_at",
    "ended",
    "enforced_at",
    "enforced_version",
)
_COLUMNS = {1: _FIRST_COLUMNS, 2: (*_FIRST_COLUMNS, "later_decisions")}
_REVIEW = (
    "id",
    "organization_id",
    "organization_name",
    "opened_by",
    "opened_by_name",
    "opened_at",
    "due_at",
    "people",
    "state",
    "closed_at",
    "closed_by",
    "closed_by_name",
    "closed_how",
)


def as_json(session: Session, review: Review) -> bytes:
    """Return the review with its population, decisions, what they ended and that it has been denied since.

    JSON, names sorted, instants in UTC.
    """
    columns = _COLUMNS[review.evidence_format]
    whole = {
        "format": FORMAT.format(review.evidence_format),
        "review": {name: _plain(getattr(review, name)) for name in _REVIEW},
        "population": [{name: _plain(getattr(item, name)) for name in columns} for item in _items(session, review.id)],
    }
    return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_csv(session: Session, review: Review) -> bytes:
    """Return the population with its decisions for a spreadsheet, one person a line; no cell is a formula."""
    columns = _COLUMNS[review.evidence_format]
    lines = ([_cell(getattr(item, name)) for name in columns] for item in _items(session, review.id))
    return "".join(spreadsheet(columns, lines)).encode()


def checksum(content: bytes) -> str:
    """Return the SHA-256 of an export in hexadecimal, as `sha256sum` prints it."""
    return hashlib.sha256(content).hexdigest()


def _items(session: Session, review_id: str) -> Iterator[ReviewItem]:
    wanted = select(ReviewItem).where(ReviewItem.review_id == review_id).order_by(ReviewItem.position)
    yield from session.scalars(wanted)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def _cell(value: Any) -> object:
    plain = _plain(value)
    if isinstance(plain, dict):
        return " ".join(f"{name}={end}" for name, end in sorted(plain.items()))
    if isinstance(plain, list):
        return " ".join(each if isinstance(each, str) else _answer(each) for each in plain)
    return plain


def _answer(told: Mapping[str, object]) -> str:
    said = "permitted" if told["decision"] else "denied"
    return f"{told['function']}={said}:{told['reason_code']}@{told['asked_at']}"


def summary(session: Session, review: Review) -> dict[str, object]:
    """Return what the certificate says beyond the counts: who decided about how many, and both checksums.

    `sound` is False where the evidence is no longer what it was when the review closed.
    """
    decided = select(ReviewItem.decided_by_name, func.count()).where(
        ReviewItem.review_id == review.id, ReviewItem.decided_by.is_not(None)
    )
    reviewers = session.execute(decided.group_by(ReviewItem.decided_by_name).order_by(ReviewItem.decided_by_name)).all()
    of_json = checksum(as_json(session, review))
    return {
        "reviewers": [(name, number) for name, number in reviewers],
        "of_json": of_json,
        "of_csv": checksum(as_csv(session, review)),
        "sound": review.evidence_sha256 in (None, of_json),
    }
