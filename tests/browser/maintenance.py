"""The operator at /hours: maintenance that is planned before they look, once and again and again."""

import re

from tests.support.pages import PageVisitor


def plan(operator: PageVisitor) -> dict[str, str]:
    """Plan two, one of which repeats; return the ids that addresses need."""
    _begin(operator, "Precertification", "2026-11-22T01:00", "2026-11-22T02:30")
    operator.fill("What people read, in English", "We move to faster computers.")
    operator.fill("What people read, in Spanish", "Nos mudamos a equipos más rápidos.")
    operator.fill("Reason", "Move of the precertification database")
    operator.press("Confirm maintenance")
    [once] = _ids(operator)
    _begin(operator, "EDI", "2026-11-29T02:00", "2026-11-29T04:00")
    operator.choose("Every week")
    operator.fill("How many times in all", "3")
    operator.fill("Only for these apps", "clearing-house")
    operator.fill("Reason", "New line to the clearing house")
    operator.press("Confirm maintenance")
    return {"maintenance": once, "series": next(one for one in _ids(operator) if one != once)}


def _begin(operator: PageVisitor, calendar: str, starts: str, ends: str) -> None:
    operator.open("/hours/maintenance/new?when=later")
    operator.choose(calendar)
    operator.choose("Later")
    operator.fill("Start, Eastern time", starts)
    operator.fill("End, Eastern time", ends)


def _ids(operator: PageVisitor) -> list[str]:
    return re.findall(r"/hours/maintenance/([^/]+)/cancel", operator.answer.text)
