"""What the OpenAPI document must say beyond what flask-smorest reads off the views. Pure: document in, document out.

Refusals leave as problem details (RFC 9457), and every mutation takes `Idempotency-Key`.
"""

from copy import deepcopy
from typing import Any

_MUTATIONS = ("post", "put", "patch", "delete")
_TEXT: dict[str, Any] = {"type": "string"}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457); a type may bring named members of its own.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {**_TEXT, "description": "A stable name under /problems/."},
        "title": {**_TEXT, "description": "The same for every occurrence of the type."},
        "status": {"type": "integer"},
        "detail": {**_TEXT, "description": "What happened this time, and how to mend it."},
        "instance": {**_TEXT, "description": "The path that was asked."},
        "request_id": {**_TEXT, "description": "Under this id our logs know more."},
        "errors": {
            "type": "object",
            "description": "On 422: fields by name, each with its messages.",
            "additionalProperties": {"type": "array", "items": _TEXT},
        },
    },
}
_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body get the first answer again; another body is refused with 422.",
    "schema": {**_TEXT, "minLength": 1, "maxLength": 200},
}


def as_served(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the document with our refusals and our header in it; `spec` is left alone."""
    told = deepcopy(spec)
    components = told.setdefault("components", {})
    components.setdefault("schemas", {}).pop("Error", None)
    components["schemas"]["Problem"] = deepcopy(_PROBLEM)
    components.setdefault("parameters", {})["IdempotencyKey"] = deepcopy(_KEY)
    for refusal in components.get("responses", {}).values():
        refusal["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in told.get("paths", {}).values():
        for method in _MUTATIONS:
            if method in operations:
                keyed = {"$ref": "#/components/parameters/IdempotencyKey"}
                operations[method].setdefault("parameters", []).append(keyed)
    return told
