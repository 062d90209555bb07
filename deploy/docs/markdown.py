"""The little Markdown that the pages are made of."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from deploy.docs.house import from_root


def page(title: str, sources: str, *parts: str) -> str:
    """A whole page: a line that says who writes it, the title, the parts, one blank line between."""
    head = f"<!-- Written by `make docs` from {sources}. Change those, not this file. -->"
    return "\n\n".join([head, f"# {title}", *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing where there are no rows."""
    lines = [_row(cells) for cells in rows]
    return "\n".join([_row(head), "|" + "---|" * len(head), *lines]) if lines else ""


def code(text: object) -> str:
    """Text as code."""
    return f"`{text}`"


def link(file: Path, label: str | None = None) -> str:
    """A link from a page in docs/ to a file of the repository."""
    return f"[{label or file.name}](../{from_root(file)})"


def anchor(title: str) -> str:
    """The address of a heading within its page, as GitHub makes it."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in "-_ ")
    return "#" + kept.replace(" ", "-")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
