"""axe-core judges a page that is open in Chromium (WCAG 2.2 A and AA).

The engine comes through the browser's debugger: a script element would rightly be refused by our policy.
"""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

_ENGINE = Path(__file__).parents[1] / "conformance" / "clients" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
_ASK = """async rules => {
    if (typeof axe !== "object") { if (typeof bringAxe !== "function") return null; bringAxe(); }
    const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    return found.violations.map(
        one => ({rule: one.id, help: one.help, at: one.nodes.map(node => node.target.join(" ") + ": " + node.html)}));
}"""


@cache
def _engine() -> str:
    return _ENGINE.read_text(encoding="utf-8")


def bring_the_judge(context: BrowserContext) -> None:
    """Let every page of a window have the engine at hand, asleep until `violations` asks.

    The browser then reads its source once, not once for each page.
    """
    context.add_init_script(f"window.bringAxe = () => {{ {_engine()} }}")


def violations(page: Page) -> list[str]:
    """Return one line per fault on the page as it stands: the rule, what it wants, and every place."""
    found: list[dict[str, Any]] | None = page.evaluate(_ASK, _RULES)
    if found is None:  # a window that nobody brought the judge to
        page.evaluate(_engine())
        return violations(page)
    return [f"{one['rule']}: {one['help']} at {' | '.join(one['at'])[:600]}" for one in found]
