"""docs/openapi.md: every operation of the JSON APIs with its scope; the whole description is served by each service."""

import tempfile
from pathlib import Path

from deploy.docs.house import open_house, services
from deploy.docs.markdown import code, page, table
from shared.service import Service
from shared.web import api

_INTRODUCTION = """
Each service describes its JSON API at `/api/<name>/openapi.json` (OpenAPI 3.1), for people at `/api/<name>/docs`.
Callers send an access token of identity whose audience is `<public origin>/api/<name>` and which carries the scope
below. Mutations take `Idempotency-Key`. Refusals are problem details: [errors](errors.md).
"""


def render() -> str:
    """The page."""
    with tempfile.TemporaryDirectory() as folder:
        parts = [_chapter(service, Path(folder)) for service in services()]
    return page("JSON APIs", "the services' OpenAPI documents", _INTRODUCTION, *parts)


def _chapter(service: Service, folder: Path) -> str:
    context, app = open_house(service, folder)
    rows = [
        [method, code(path), code(scopes) if scopes else "open to all", summary]
        for method, path, summary, scopes in api.operations(api.document(app))
    ]
    context.database.close()
    listed = table(["method", "path", "scope", "does"], sorted(rows, key=lambda row: (row[1], row[0])))
    return f"## {service.name}: `/api/{service.api}`\n\n{listed}"
