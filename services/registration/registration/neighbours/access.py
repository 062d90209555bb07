"""What registration asks of access-manager: which functions and profiles can be asked for."""

import httpx

from shared.errors import Problem
from shared.neighbours import Neighbours


def functions(neighbours: Neighbours) -> dict[str, object] | None:
    """The catalogue as access-manager tells it, or None while it does not answer."""
    try:
        answer = neighbours.get("access-manager").get("/api/access/v1/functions")
        answer.raise_for_status()
        body = answer.json()
    except (httpx.HTTPError, Problem, ValueError):
        return None
    return body if isinstance(body, dict) else None
