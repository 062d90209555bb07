"""Lines of the payer's roster: what a good one is, and how it is kept.

Columns: tin, name, phone, contracted, claim_submitted; optional: npi (several with spaces or semicolons between),
organization_id (the suite's id of an organization that exists already), address (lines with | or a line break
between), domain (of the office's mail). Whatever keeps a row, import, look-up or demo, keeps it here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registration.directory import models, numbers, service
from registration.directory.files.faults import RowFault
from registration.directory.vault import SealedTin, TinVault
from shared.contracts.secrecy import looks_like_tin
from shared.service import Work

COLUMNS = ("tin", "name", "phone", "contracted", "claim_submitted")
OPTIONAL = ("npi", "organization_id", "address", "domain")
_YES = {"yes", "y", "true", "1"}
_NO = {"no", "n", "false", "0", ""}
_MAX_NPIS = 1_000
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True)
class Row:
    """One good row; `line` is where it stands in the file. `npi` is the first of its NPIs."""

    tin: str
    name: str
    phone: str
    contracted: bool
    claim_submitted: bool
    npi: str | None = None
    organization_id: str | None = None
    line: int = 0
    address: str = ""
    domain: str | None = None
    further_npis: tuple[str, ...] = ()


class _Bad(ValueError):
    """A cell that cannot be right."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column, self.message = column, message


def parse(line: int, cells: Mapping[str, str | None]) -> Row | RowFault:
    """Turn the cells of one line into a row, or say what is wrong with the first bad cell."""
    values = {name: (cells.get(name) or "").strip() for name in COLUMNS + OPTIONAL}
    try:
        tin, npis = _tin(values["tin"]), _npis(values["npi"])
        return Row(
            tin,
            _name(values["name"]),
            _phone(values["phone"]),
            _yes("contracted", values["contracted"]),
            _yes("claim_submitted", values["claim_submitted"]),
            npi=npis[0] if npis else None,
            organization_id=values["organization_id"] or None,
            line=line,
            address=_address(values["address"]),
            domain=_domain(values["domain"]),
            further_npis=npis[1:],
        )
    except _Bad as fault:
        return RowFault(line, fault.column, fault.message)


def _tin(text: str) -> str:
    try:
        return numbers.tin(text)
    except numbers.NumberFault as fault:
        raise _Bad("tin", f"not a TIN ({fault.fault})") from fault


def _npis(text: str) -> tuple[str, ...]:
    listed = text.replace(";", " ").split()
    if len(listed) > _MAX_NPIS:
        raise _Bad("npi", f"at most {_MAX_NPIS}")
    try:
        return tuple(dict.fromkeys(numbers.npi(each) for each in listed))
    except numbers.NumberFault as fault:
        raise _Bad("npi", f"not an NPI ({fault.fault})") from fault


def _name(text: str) -> str:
    if not text or len(text) > 200:
        raise _Bad("name", "needed, at most 200 characters")
    if not text.isprintable() or looks_like_tin(text):
        raise _Bad("name", "one line of text that has not the form of a TIN")
    return text


def _phone(text: str) -> str:
    if len(text) > 40 or not text.isprintable():
        raise _Bad("phone", "one line, at most 40 characters")
    return text


def _yes(column: str, text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise _Bad(column, "yes or no")
    return text.lower() in _YES


def _address(text: str) -> str:
    lines = [line.strip() for line in re.split(r"[|\n]", text)]
    address = "\n".join(line for line in lines if line)
    if len(address) > 400 or not all(line.isprintable() for line in lines):
        raise _Bad("address", "lines of text, at most 400 characters together")
    return address


def _domain(text: str) -> str | None:
    domain = text.lower().removeprefix("@")
    if domain and not _DOMAIN.fullmatch(domain):
        raise _Bad("domain", "a mail domain such as office.example")
    return domain or None


def keep(work: Work, vault: TinVault, row: Row) -> RowFault | None:
    """Write one row over what the directory says about its TIN; a fault where the TIN is another organization's."""
    return next(iter(keep_all(work, vault, [row])), None)


def keep_all(work: Work, vault: TinVault, rows: Sequence[Row]) -> list[RowFault]:
    """Keep some rows as `keep` does, in few statements; return the faults. Of two rows on one TIN the later counts."""
    good: dict[str, tuple[Row, SealedTin]] = {}
    faults = []
    for row in rows:
        sealed = vault.seal(row.tin)
        if row.organization_id and not service.link(
            work, row.organization_id, sealed, name=row.name, contracted=row.contracted
        ):
            faults.append(RowFault(row.line, "organization_id", "another organization has this TIN"))
        else:
            good[sealed.index] = row, sealed
    if good:
        # Everybody takes the rows in one order: two who keep the same TINs wait for each other, and never in a circle.
        ordered = [good[index] for index in sorted(good)]
        models.write_entries(work.session, [_entry(work, row, sealed) for row, sealed in ordered])
        models.write_npis(work.session, {sealed.index: _all_npis(row) for row, sealed in ordered})
    return faults


def _all_npis(row: Row) -> tuple[str, ...]:
    return (row.npi, *row.further_npis) if row.npi else ()


def _entry(work: Work, row: Row, sealed: SealedTin) -> dict[str, object]:
    return {
        "id": work.ids.new("dir"),
        "tin_index": sealed.index,
        "tin_box": sealed.box,
        "npi": row.npi,
        "name": row.name,
        "phone": row.phone,
        "contracted": row.contracted,
        "claim_submitted": row.claim_submitted,
        "imported_at": work.now,
        "address": row.address,
        "domain": row.domain,
    }
