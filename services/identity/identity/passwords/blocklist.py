"""The built-in list of common passwords, read once at start. One a line in blocklist.txt, case folded."""

from pathlib import Path

_FILE = Path(__file__).parent / "blocklist.txt"


class Blocklist(frozenset[str]):
    """Common passwords, case folded."""


def read_blocklist(file: Path = _FILE) -> Blocklist:
    """Return the passwords of the file; lines that begin with `#` are remarks."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return Blocklist(line.strip().casefold() for line in lines if line.strip() and not line.startswith("# "))
