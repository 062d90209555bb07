"""The table: what we did, what the reference did in the same minutes, the ratio and the goal it is held against."""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTHS = (50, 25, 54, 7, 14)


@dataclass(frozen=True)
class Row:
    """One line. A goal such as "≥ 0.6" or "≤ 3 s" is compared with the ratio, or with `measured` where there is one."""

    work: str
    ours: str
    reference: str = "–"
    ratio: str = "–"
    goal: str = "–"
    measured: float | None = None

    @property
    def verdict(self) -> str:
        """`yes` or `short` where the goal is a number, else nothing."""
        found = self.measured
        if found is None:
            try:
                found = float(self.ratio)
            except ValueError:
                return ""
        words = self.goal.split()
        if len(words) < 2 or words[0] not in ("≥", "≤"):
            return ""
        limit = float(words[1])
        return "yes" if (found >= limit if words[0] == "≥" else found <= limit) else "short"


def against(work: str, ours: Sequence[float], name: str, reference: Sequence[float], goal: str = "–") -> Row:
    """Compare rates per second that were taken in turns: the medians, and the median of the ratios of each turn."""
    ratio = statistics.median(mine / other for mine, other in zip(ours, reference, strict=True))
    told = f"{name}: {statistics.median(reference):,.0f}/s"
    return Row(work, f"{statistics.median(ours):,.0f}/s", told, f"{ratio:.2f}", goal)


def head() -> None:
    """Print the titles."""
    _line(("work", "ours", "reference in the same run", "ratio", "goal", "reached"))
    _line(["-" * width for width in (*_WIDTHS, 7)])


def tell(row: Row) -> None:
    """Print one line as soon as it is known."""
    _line((row.work, row.ours, row.reference, row.ratio, row.goal, row.verdict))


def _line(cells: Sequence[str]) -> None:
    fixed = [f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=False)]
    sys.stdout.write(" | ".join([*fixed, cells[-1]]).rstrip() + "\n")
    sys.stdout.flush()
