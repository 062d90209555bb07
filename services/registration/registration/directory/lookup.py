"""The payer's directory asked over HTTP, where it can be asked; what it answers is kept like a line of the roster.

Contract and error table: docs/guides/directory.md. One POST for all TINs, which travel in its body and nowhere else: no
address, log or redirect has them. The whole of it is bounded, and without an answer the directory stays as it was.
"""

import time
from collections.abc import Mapping, Sequence

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from registration.directory import imports
from registration.directory.imports import Row
from registration.directory.vault import TinVault
from registration.settings import RegistrationSettings
from shared.service import Context

_log = structlog.get_logger("directory")
_TIMEOUT = httpx.Timeout(1.5, connect=1.0)
_AT_MOST = 2.5  # seconds after which nothing more is read: a thread of the web process waits for it
_LARGEST = 1 << 20  # bytes of an answer
_TEXTS = ("tin", "name", "phone", "domain")
_YES_OR_NO = ("contracted", "claim_submitted")
_LISTS = (("npis", "npi", " "), ("address", "address", "\n"))


def refresh(context: Context, tin_boxes: Sequence[str]) -> None:
    """Ask the payer about some sealed TINs and keep the answers; nothing happens where no address is set.

    Call it outside of transactions, for every TIN alike, and when nobody waits for an answer: what it costs tells known
    ones from others. It takes a few seconds at most and never raises; what went wrong is logged by its kind alone.
    """
    settings = context.settings_as(RegistrationSettings)
    if not settings.directory_url or not tin_boxes:
        return
    vault = context.part(TinVault)
    try:
        tins = sorted({vault.open(box) for box in tin_boxes})
        answer = _ask(settings.directory_url, settings.directory_token.get_secret_value(), tins)
        rows = _rows(answer, frozenset(tins))
        with context.transaction() as work:
            imports.keep_all(work, vault, rows)
    except (httpx.HTTPError, SQLAlchemyError, ValueError, TypeError, RecursionError) as error:
        _log.warning("directory.lookup_failed", error=type(error).__name__)


def _ask(url: str, token: str, tins: Sequence[str]) -> object:
    """The JSON of the answer; redirects are not followed, they would take TINs and token elsewhere."""
    ends = time.monotonic() + _AT_MOST
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    with (
        httpx.Client(timeout=_TIMEOUT, follow_redirects=False) as client,
        client.stream("POST", url, json={"tins": list(tins)}, headers=headers) as answer,
    ):
        answer.raise_for_status()
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > _LARGEST or time.monotonic() > ends:
                raise ValueError("the answer is too long or too slow")
    return httpx.Response(200, content=bytes(body)).json()


def _rows(answer: object, asked: frozenset[str]) -> list[Row]:
    """The good entries on TINs that were asked for; raises ValueError for an answer that keeps not to the contract."""
    entries = answer.get("entries") if isinstance(answer, Mapping) else None
    if not isinstance(entries, list):
        raise ValueError("no list of entries")
    parsed = [imports.parse(number, _cells(entry)) for number, entry in enumerate(entries, 1)]
    good = [row for row in parsed if isinstance(row, Row) and row.tin in asked]
    if len(good) < len(parsed):
        _log.warning("directory.lookup_left_out", entries=len(parsed) - len(good))
    return good


def _cells(entry: object) -> dict[str, str | None]:
    """An entry as the cells of a roster's line; an organization of the suite is never linked by it."""
    if not isinstance(entry, Mapping):
        raise ValueError("an entry is an object")
    cells: dict[str, str | None] = {name: str(entry.get(name) or "") for name in _TEXTS}
    for name in _YES_OR_NO:
        cells[name] = {True: "yes", False: "no"}.get(entry.get(name, False), "neither")
    for name, column, between in _LISTS:
        cells[column] = between.join(str(each) for each in entry.get(name) or ())
    return cells
