"""A pasted list of organizations: one line each, a TIN and perhaps a name. Pure.

A line with a fault is told by its number, never by what it says: a TIN does not come back in a page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from registration.applications import answers
from registration.applications.answers import Errors
from registration.applications.organizations.answers import TIN
from registration.directory import numbers
from registration.directory.numbers import NumberFault
from shared.i18n import Message, say

MOST = 50  # organizations in one application, the first one included (domain.md §2)
LINES_MOST = 1000  # beyond that nobody pasted a list of organizations

_PARTED = re.compile(r"[,;\t]")
_LEADING = re.compile(r"([0-9][0-9\s.\-\u2010-\u2015]*?)\s+(?=[^0-9\s.\-\u2010-\u2015])")


@dataclass(frozen=True)
class Row:
    """One organization of the list; an empty name stands for the name of the first organization."""

    tin: str
    name: str


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line, counted from 1."""

    line: int
    sentence: Message


def read(text: str) -> tuple[Sequence[Row], Sequence[LineFault]]:
    """The organizations of a list, and the lines that name none. Empty lines are skipped."""
    rows: list[Row] = []
    faults: list[LineFault] = []
    for number, line in enumerate(text.splitlines()[:LINES_MOST], 1):
        if line.strip():
            found = _row(line.strip())
            if isinstance(found, Row):
                rows.append(found)
            else:
                faults.append(LineFault(number, found))
    return rows, faults


def _row(line: str) -> Row | Message:
    typed, name = _parts(line)
    errors: Errors = {}
    if name:
        name = answers.line({"name": name}, "name", 200, say("Enter the name of the organization"), errors)
    try:
        return errors.get("name") or Row(numbers.tin(typed), name)
    except NumberFault as error:
        return TIN[error.fault]


def _parts(line: str) -> tuple[str, str]:
    """What stands before and after the first comma, semicolon or tab; without one, the leading number and the rest."""
    if _PARTED.search(line):
        typed, name = _PARTED.split(line, maxsplit=1)
        return typed.strip(), name.strip(" \t,;\"'")
    leading = _LEADING.match(line)
    return (leading[1], line[leading.end() :].strip()) if leading else (line, "")
