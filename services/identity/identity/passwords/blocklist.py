"""Passwords that nobody may choose: the built-in list of common ones, and the operator's list of stolen ones (D3).

The common ones are read at start, one a line in blocklist.txt, case folded. The stolen ones stay in their file, which
may have any size: binary search over a mapped file, which is never read whole. It holds upper-case SHA-1 in hex, one a
line in ascending order, each perhaps with `:count` behind it: the form of the public list "Pwned Passwords, ordered by
hash". SHA-1 serves as the name of a line here and protects nothing. Pages of the file that are never asked for never
take memory, and processes share those that are.
"""

import hashlib
import mmap
from pathlib import Path

from shared.config.settings import SettingsError

_FILE = Path(__file__).parent / "blocklist.txt"
_DIGITS = 40
_LONGEST_LINE = 80  # forty digits, a colon, a count, two for the line's end, and room
_SAMPLES = 64


class Blocklist(frozenset[str]):
    """Common passwords, case folded."""


def read_blocklist(file: Path = _FILE) -> Blocklist:
    """Return the passwords of the file; lines that begin with `#` are remarks."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return Blocklist(line.strip().casefold() for line in lines if line.strip() and not line.startswith("# "))


class BreachFileFault(SettingsError):
    """The file is none that can be searched; the message says what to mend."""


class BreachFile:
    """Which passwords are known to be stolen. Without a file: none."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises BreachFileFault for a file that is not there, not in that form or not in order."""
        self._lines: mmap.mmap | bytes = _mapped(path) if path else b""
        if path:
            self._demand_order(path)

    def __contains__(self, password: object) -> bool:
        """Return whether the password, letter by letter, is on the list: about thirty reads in a billion lines."""
        if not self._lines or not isinstance(password, str):
            return False
        typed = password.encode("utf-8", "surrogatepass")
        return self._holds(hashlib.sha1(typed, usedforsecurity=False).hexdigest().upper().encode())

    def _holds(self, wanted: bytes) -> bool:
        low, high = 0, len(self._lines)
        while low < high:
            begin = self._line_at((low + high) // 2)
            found = self._lines[begin : begin + _DIGITS]
            if found == wanted:
                return True
            if found < wanted:
                low = self._after(begin)
            else:
                high = begin
        return False

    def _line_at(self, where: int) -> int:
        """The offset at which the line begins that holds the byte `where`."""
        before = self._lines.rfind(b"\n", max(0, where - _LONGEST_LINE), where)
        return before + 1 if before >= 0 else max(0, where - _LONGEST_LINE)

    def _after(self, begin: int) -> int:
        end = self._lines.find(b"\n", begin, begin + 2 * _LONGEST_LINE)
        return end + 1 if end >= 0 else len(self._lines)

    def _demand_order(self, path: Path) -> None:
        """Look at some lines all over the file: enough to refuse another format, or an order by count."""
        places = [len(self._lines) * number // _SAMPLES for number in range(_SAMPLES)] if self._lines else []
        found = [bytes(self._lines[begin : begin + _DIGITS]) for begin in map(self._line_at, places)]
        if any(len(line) < _DIGITS or line.strip(b"0123456789ABCDEF") for line in found):
            raise BreachFileFault(f"{path}: every line must begin with 40 upper-case hexadecimal digits (SHA-1).")
        if found != sorted(found):
            raise BreachFileFault(f"{path}: the lines must be in the order of their hashes; sort the file first.")


def _mapped(path: Path) -> mmap.mmap | bytes:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    except OSError as error:
        raise BreachFileFault(f"{path}: the file of stolen passwords cannot be read ({error.strerror}).") from error
