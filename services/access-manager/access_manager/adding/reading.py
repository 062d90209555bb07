"""A list of people as offices keep it: pasted lines, or a file as a spreadsheet writes it. Pure.

    bytes ─ byte order mark, UTF-8, else Windows-1252 ─▶ text ─ comma, semicolon or tab ─▶ cells ─ headings ─▶ entries

What a cell means is decided here; whether it may be done is not.
"""

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from access_manager.invitations.states import address_of
from shared.i18n import Message, say

ROWS_MOST = 1000
COLUMNS = ("name", "email", "access", "last_day", "lines")
# What the first line may call each column, in both languages of the pages.
_HEADINGS: dict[str, str] = {
    **dict.fromkeys(("name", "full name", "person", "nombre", "nombre completo", "persona"), "name"),
    **dict.fromkeys(("email", "e-mail", "e-mail address", "email address", "correo", "correo electrónico"), "email"),
    **dict.fromkeys(("access", "tasks", "profile", "functions", "acceso", "tareas", "perfil"), "access"),
    **dict.fromkeys(("last day", "last_day", "until", "end", "último día", "hasta"), "last_day"),
    **dict.fromkeys(("lines", "lines of business", "líneas", "líneas de negocio"), "lines"),
}
_ANGLED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>\s]+)>[\s;,]*")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_FORMULA_GUARD = re.compile(r"'(?=[=+\-@])")  # our own exports put it before what looks like a formula
_LAST_YEAR = 2199


class TooManyError(ValueError):
    """The list has more rows than are taken at once."""


class UnreadableError(ValueError):
    """What came is no text."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: a stable name, and a sentence that says how to mend it."""

    slug: str
    sentence: Message


@dataclass(frozen=True)
class Entry:
    """One row as it means: `functions` may be empty (none named), as may `lines`. `faults`: what could not be read."""

    number: int
    name: str = ""
    email: str = ""
    functions: Sequence[str] = ()
    last_day: date | None = None
    lines: Sequence[str] = ()
    faults: Sequence[Fault] = field(default_factory=tuple)


def decoded(content: bytes) -> str:
    """Return the text of a file from a spreadsheet or an editor; raises UnreadableError for anything else."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = content.decode("utf-16", "replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")  # what Excel writes as plain CSV
    if "\0" in text:
        raise UnreadableError("a NUL is in no list of people")
    return text


def entries(text: str, tasks: Mapping[str, Sequence[str]]) -> list[Entry]:
    """Return the rows of a list. `tasks`: what names of tasks and profiles mean, in lower case, as function ids.

    Raises TooManyError beyond `ROWS_MOST`, UnreadableError for what is no table.
    """
    rows = [(number, cells) for number, cells in _cells(text.lstrip("\ufeff")) if any(cells)]
    heads = _headings(rows[0][1]) if rows else None
    body = rows[1:] if heads else rows
    if len(body) > ROWS_MOST:
        raise TooManyError
    return [_entry(number, _named(cells, heads), tasks) for number, cells in body]


def template(profile: str) -> list[Sequence[str]]:
    """Return an example row for each way to fill the columns, below `COLUMNS`."""
    return [
        ("Ann Example", "ann@office.example", profile, "", ""),
        ("Ben Example", "ben@office.example", "claims.status.view; claims.submit", "2027-06-30", "medical; dental"),
    ]


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """Return (line number, cells) of each line; the separator is what the first line has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if _ANGLED.fullmatch(first.strip()):
        return [(number, _angled(line)) for number, line in enumerate(text.splitlines(), 1)]
    separator = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter=separator)
    try:
        return [(reader.line_num, [_bare(cell) for cell in cells]) for cells in reader]
    except csv.Error as error:  # one cell of more than a hundred thousand characters
        raise UnreadableError(str(error)) from error


def _bare(cell: str) -> str:
    return _FORMULA_GUARD.sub("", " ".join(cell.split()), count=1)


def _angled(line: str) -> list[str]:
    """Read `Ann Lee <ann@office.example>`, as mail programs write people."""
    found = _ANGLED.fullmatch(line.strip())
    return [found["name"].strip(' "'), found["email"]] if found else [_bare(line)]


def _headings(cells: Sequence[str]) -> list[str] | None:
    """Return what the first line names its columns, or None where it is a person already."""
    named = [_HEADINGS.get(cell.casefold(), "") for cell in cells]
    return named if "email" in named else None


def _named(cells: Sequence[str], heads: Sequence[str] | None) -> dict[str, str]:
    """Without headings the address is where the sign @ is; a name stands before it, or right after it."""
    if heads is not None:
        return dict(zip(heads, cells, strict=False))
    at = next((place for place, cell in enumerate(cells) if "@" in cell), min(1, len(cells) - 1))
    named, rest = {"name": " ".join(cells[:at]), "email": cells[at]}, cells[at + 1 :]
    if at == 0 and rest:
        named["name"], rest = rest[0], rest[1:]
    return named | dict(zip(COLUMNS[2:], rest, strict=False))


def _entry(number: int, cells: Mapping[str, str], tasks: Mapping[str, Sequence[str]]) -> Entry:
    faults: list[Fault] = []
    typed = cells.get("email", "")
    angled = _ANGLED.fullmatch(typed)
    address = address_of(angled["email"] if angled else typed)
    if address is None:
        faults.append(_no_address(typed))
    functions = _functions(cells.get("access", ""), tasks, faults)
    last_day = _day(cells.get("last_day", ""), faults)
    lines = _lines(cells.get("lines", ""), faults)
    name = cells.get("name", "") or (angled["name"].strip(' "') if angled else "")
    if len(name) > 200 or not name.isprintable():
        faults.append(Fault("name", say("Write the name in one line of at most 200 characters")))
        name = name[:200]
    return Entry(number, name, address or typed[:254], functions, last_day, lines, tuple(faults))


def _no_address(typed: str) -> Fault:
    if not typed:
        return Fault("email-missing", say("Write the person’s e-mail address in this row"))
    return Fault(
        "email", say("Correct the e-mail address: a name, the sign @ and a domain, for example ann@office.example")
    )


def _functions(cell: str, tasks: Mapping[str, Sequence[str]], faults: list[Fault]) -> list[str]:
    """Read one name, or several between semicolons, bars or commas; ids may also stand between spaces."""
    found: list[str] = []
    for name in filter(None, (part.strip() for part in re.split(r"[;|,]", cell))):
        parts = [name] if name.casefold() in tasks else name.split()
        for part in parts:
            meant = tasks.get(part.casefold())
            if meant is None:
                faults.append(Fault("access", say("We know no task or profile named “%(name)s”", name=name[:60])))
                break
            found += meant
    return list(dict.fromkeys(found))


def _day(cell: str, faults: list[Fault]) -> date | None:
    if not cell:
        return None
    american = _AMERICAN.fullmatch(cell)
    try:
        day = date(int(american[3]), int(american[1]), int(american[2])) if american else date.fromisoformat(cell)
    except ValueError:
        day = None
    if day is None or day.year > _LAST_YEAR:
        faults.append(Fault("last-day", say("Write the last day as year, month and day, for example 2027-01-31")))
        return None
    return day


def _lines(cell: str, faults: list[Fault]) -> list[str]:
    named = [part.strip().casefold() for part in re.split(r"[;|,\s]", cell) if part.strip()]
    if not set(named) <= {"medical", "dental", "behavioral"}:
        faults.append(Fault("lines", say("Name lines of business as medical, dental or behavioral")))
        return []
    return named
