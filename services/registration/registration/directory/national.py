"""What the national file (NPPES) says of an NPI, put together from its cells."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

_PERSON = "1"


@dataclass(frozen=True)
class NpiRecord:
    """Who has an NPI. The file holds no TIN.

    `name` of a person is first, middle and last name; `phone` and `address` are those of the practice location, the
    address with a line for each line of a letter; `state` is a code such as DE; `taxonomies` are codes in the file's
    order.
    """

    npi: str
    name: str
    individual: bool
    phone: str
    address: str
    state: str
    taxonomies: tuple[str, ...]


def record_of(entry: Row[Any]) -> NpiRecord:
    """Put the cells of an `NpiEntry` together."""
    individual = entry.kind == _PERSON
    own = " ".join(filter(None, (entry.first, entry.middle, entry.last)))
    return NpiRecord(
        entry.npi,
        own if individual else entry.organization,
        individual,
        _phone(entry.phone),
        _address(entry),
        entry.state,
        tuple(entry.taxonomies.split()),
    )


def _address(entry: Row[Any]) -> str:
    region = f"{entry.state} {_postal(entry.postal)}".strip()
    town = ", ".join(filter(None, (entry.city, region)))
    abroad = "" if entry.country == "US" else entry.country
    return "\n".join(filter(None, (entry.street, entry.second, town, abroad)))


def _postal(digits: str) -> str:
    """ZIP and ZIP+4 as they are written; other countries' codes as they come."""
    return f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 and digits.isdigit() else digits


def _phone(digits: str) -> str:
    if len(digits) == 10 and digits.isdigit():
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    return digits
