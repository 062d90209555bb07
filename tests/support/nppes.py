"""A national file of NPIs as CMS lays it out: 330 columns, every cell in quotes, people and organizations made up.

Rows come one by one from their number, so that a file of any size takes no memory, and a test knows what row stands
where: `who(number)` is the name, `npi(number)` the NPI. `python -m tests.support.nppes 1000000 FILE` writes one.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from registration.directory.numbers import is_npi

_ADDRESS = (
    "City Name",
    "State Name",
    "Postal Code",
    "Country Code (If outside U.S.)",
    "Telephone Number",
    "Fax Number",
)
_HEAD = (
    "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
    "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)", "Provider First Name",
    "Provider Middle Name", "Provider Name Prefix Text", "Provider Name Suffix Text", "Provider Credential Text",
    "Provider Other Organization Name", "Provider Other Organization Name Type Code", "Provider Other Last Name",
    "Provider Other First Name", "Provider Other Middle Name", "Provider Other Name Prefix Text",
    "Provider Other Name Suffix Text", "Provider Other Credential Text", "Provider Other Last Name Type Code",
)  # fmt: skip
_DATES = (
    "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date",
    "NPI Reactivation Date", "Provider Sex Code", "Authorized Official Last Name", "Authorized Official First Name",
    "Authorized Official Middle Name", "Authorized Official Title or Position",
    "Authorized Official Telephone Number",
)  # fmt: skip
_TAIL = (
    "Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN",
    "Authorized Official Name Prefix Text", "Authorized Official Name Suffix Text",
    "Authorized Official Credential Text",
)  # fmt: skip
_STATES = ("DE", "MD", "NJ", "PA", "VA", "NY", "CA", "TX")
_CODES = ("207Q00000X", "122300000X", "103T00000X", "261QP2300X")


def header() -> list[str]:
    """The names of the 330 columns, in order."""
    names = list(_HEAD)
    for kind in ("Mailing", "Practice Location"):
        names += [f"Provider {line} Line Business {kind} Address" for line in ("First", "Second")]
        names += [f"Provider Business {kind} Address {part}" for part in _ADDRESS]
    names += _DATES
    for number in range(1, 16):
        names += [f"Healthcare Provider Taxonomy Code_{number}", f"Provider License Number_{number}"]
        names += [f"Provider License Number State Code_{number}"]
        names += [f"Healthcare Provider Primary Taxonomy Switch_{number}"]
    for number in range(1, 51):
        names += [f"Other Provider Identifier{part}_{number}" for part in ("", " Type Code", " State", " Issuer")]
    names += _TAIL
    names += [f"Healthcare Provider Taxonomy Group_{number}" for number in range(1, 16)]
    return [*names, "Certification Date"]


def npi(number: int) -> str:
    """The NPI of a row, with its check digit."""
    nine = f"{100_000_000 + number}"
    return nine + next(digit for digit in "0123456789" if is_npi(nine + digit))


def who(number: int) -> str:
    """The name of a row: every second one is a person."""
    return f"PAT Q DOCTOR{number}" if number % 2 else f"HARBOR PRACTICE {number} LLC"


def cells(number: int, **changed: str) -> dict[str, str]:
    """What a row holds, by the names of its columns; `changed` by the names with underscores for spaces."""
    found = _cells(number, npi(number), str(number))
    return found | {name.replace("_", " "): value for name, value in changed.items()}


def _cells(number: int, its_npi: str, told: str) -> dict[str, str]:
    found = {"NPI": its_npi, "Last Update Date": "07/08/2007", "Provider Enumeration Date": "05/23/2005"}
    if number % 2:
        found |= {"Entity Type Code": "1", "Provider First Name": "PAT", "Provider Middle Name": "Q"}
        found |= {"Provider Last Name (Legal Name)": f"DOCTOR{told}", "Provider Sex Code": "F"}
    else:
        organization = f"HARBOR PRACTICE {told} LLC"
        found |= {"Entity Type Code": "2", "Provider Organization Name (Legal Business Name)": organization}
        found |= {"Employer Identification Number (EIN)": "<UNAVAIL>", "Is Organization Subpart": "N"}
    for kind in ("Mailing", "Practice Location"):
        address = f"Provider Business {kind} Address"
        found |= {f"Provider First Line Business {kind} Address": f"{told} MAIN ST", f"{address} City Name": "DOVER"}
        found |= {f"{address} State Name": _STATES[number % len(_STATES)], f"{address} Postal Code": "199010000"}
        found |= {f"{address} Country Code (If outside U.S.)": "US", f"{address} Telephone Number": "3025550143"}
    for place in range(1, 2 + number % 3):
        found[f"Healthcare Provider Taxonomy Code_{place}"] = _CODES[(number + place) % len(_CODES)]
    return found


def ended(number: int) -> dict[str, str]:
    """A row as CMS leaves it when an NPI is deactivated."""
    return {"NPI": npi(number), "NPI Deactivation Date": "01/02/2020"}


def line(found: dict[str, str]) -> str:
    """A row as it stands in the file."""
    return ",".join(['"' + found.get(name, "").replace('"', '""') + '"' for name in _NAMES]) + "\n"


def lines(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """A whole file."""
    yield ",".join(f'"{name}"' for name in _NAMES) + "\n"
    for found in rows:
        yield line(found)


def write(path: Path, count: int) -> Path:
    """A file of so many rows."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(lines([]))
        stream.writelines(_MOULDS[number % 24] % (npi(number), number, number, number) for number in range(count))
    return path


_NAMES = header()
# A row depends on its number by twos, threes and eights, so there are 24 kinds of line to fill in.
_MOULDS = [line(_cells(kind, "%s", "%d")) for kind in range(24)]

if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
