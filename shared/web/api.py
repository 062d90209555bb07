"""JSON APIs: one flask-smorest object per service, strict bodies, OpenAPI at `/api/<name>/openapi.json`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import flask_smorest
import marshmallow
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from shared.auth.declared import ATTRIBUTE, open_to_all
from shared.errors import Problem, bad_request, unprocessable, unsupported_media
from shared.service import Service
from shared.web.description import as_served
from shared.web.shell.render import page

_EXTENSION = "gatehouse-api"


class Api(flask_smorest.Api):
    """flask-smorest without its error handlers: errors have one exit, `shared.web.exits`."""

    def _register_error_handlers(self) -> None:
        """Leave errors alone."""


class Shape(marshmallow.Schema):
    """A body that takes exactly its fields: unknown names are an error (threat 34), numbers and texts are strict."""

    class Meta:
        """Refuse what is not declared."""

        unknown = marshmallow.RAISE


class Instant(marshmallow.fields.AwareDateTime):
    """RFC 3339 in UTC with `Z`; an instant that UTC cannot say (year 0, year 10000) is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> datetime:
        found = super()._deserialize(value, attr, data, **options)
        try:
            return found.astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type="datetime") from error

    def _serialize(self, value: datetime | None, attr: str | None, obj: object, **_options: object) -> str | None:
        return value.isoformat().replace("+00:00", "Z") if value is not None else None


def install_api(app: Flask, service: Service) -> None:
    """Add the OpenAPI document and its page; blueprints are added with `register`."""
    prefix = f"/api/{service.api}"
    app.config |= {
        "API_TITLE": f"Gatehouse {service.name}",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_JSON_INDENT": 1,
    }
    app.extensions[_EXTENSION] = Api(app)
    app.before_request(_check_body)

    @app.get(f"{prefix}/openapi.json")
    @open_to_all("the description of the API is public")
    def openapi() -> Response:
        answer = Response(json.dumps(document(app), indent=1, default=str), content_type="application/json")
        answer.headers["Cache-Control"] = "public, max-age=300"
        return answer

    @app.get(f"{prefix}/docs")
    @open_to_all("the description of the API is public")
    def docs() -> Response:
        return page("shell/api.html", rows=operations(document(app)), service=service, prefix=prefix)


def register(app: Flask, blueprint: flask_smorest.Blueprint) -> None:
    """Add a blueprint of API views to the app and to its OpenAPI document."""
    cast("Api", app.extensions[_EXTENSION]).register_blueprint(blueprint)


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document, each operation with the scope that its view declares."""
    spec = as_served(cast("dict[str, Any]", cast("Api", app.extensions[_EXTENSION]).spec.to_dict()))
    spec.setdefault("components", {})["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT (RFC 9068)"}
    }
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], ATTRIBUTE, None)
        path = spec.get("paths", {}).get(_openapi_path(rule.rule))
        if access is None or access.kind != "scope" or path is None:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if method.lower() in path:
                path[method.lower()]["security"] = [{"bearer": [access.detail]}]
    return spec


def operations(spec: Mapping[str, Any]) -> list[list[str]]:
    """Return [method, path, summary, scopes] of each operation, for the page."""
    found = []
    for path, methods in spec.get("paths", {}).items():
        for method, operation in methods.items():
            if isinstance(operation, dict):
                scopes = [scope for entry in operation.get("security", []) for scope in entry.get("bearer", [])]
                found.append([method.upper(), path, operation.get("summary", ""), " ".join(scopes)])
    return found


def _openapi_path(rule: str) -> str:
    parts = [("{" + part[1:-1].split(":")[-1] + "}") if part.startswith("<") else part for part in rule.split("/")]
    return "/".join(parts)


def _check_body() -> None:
    """Refuse what flask-smorest would silently read as an empty body, or read twice (libraries: webargs)."""
    if not request.path.startswith("/api/") or request.method not in {"POST", "PUT", "PATCH"}:
        return
    body = request.get_data(cache=True)
    if not body:
        return
    if request.mimetype != "application/json":
        raise unsupported_media("Send the body as application/json.")
    try:
        found = json.loads(body, object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except (ValueError, RecursionError) as error:
        raise bad_request("malformed-json", f"The body is not JSON that we read: {error}.") from error
    _no_bad_text(found)


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constants(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


def _no_bad_text(value: object, depth: int = 0) -> None:
    """Refuse NUL and lone surrogates, which PostgreSQL cannot store, and bottomless nesting."""
    if depth > 32:
        raise bad_request("malformed-json", "The body is nested too deeply.")
    if isinstance(value, str) and ("\x00" in value or any(0xD800 <= ord(c) <= 0xDFFF for c in value)):
        raise unprocessable({"body": ["A text holds characters that no text may hold (NUL or half a character)."]})
    if isinstance(value, dict):
        for name, item in value.items():
            _no_bad_text(name, depth + 1)
            _no_bad_text(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _no_bad_text(item, depth + 1)


def invalid(error: HTTPException) -> Problem:
    """Turn webargs' 422 into ours: fields by name, each with its messages."""
    messages = getattr(error, "data", {}).get("messages", {})
    flat: dict[str, list[str]] = {}
    for place in messages.values() if isinstance(messages, dict) else []:
        _flatten("", place, flat)
    return unprocessable(flat or {"body": ["The body does not fit."]})


def _flatten(path: str, value: object, into: dict[str, list[str]]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _flatten(f"{path}.{name}" if path else str(name), inner, into)
    elif isinstance(value, list):
        into.setdefault(path or "body", []).extend(str(item) for item in value)
