"""Calls made from an OpenAPI document, so that a new operation cannot be forgotten by a test that walks all of them."""

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")
LATER = "2027-01-15T12:00:00Z"


def calls(document: Mapping[str, Any], named: str) -> Iterator[tuple[str, str, Any]]:
    """Give (method, path with its parameters, a body that fits or None) of each operation whose path has {named}."""
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations and f"{{{named}}}" in path:
                yield method.upper(), path, body_of(document, operations[method])


def body_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Any:
    """The smallest body that the description of an operation takes; None where it takes none."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return None if content is None else example(document, content["schema"])


def example(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """A value of the schema: the least of everything that it requires."""
    if "$ref" in schema:
        return example(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", ())
        return {name: example(document, schema["properties"][name]) for name in wanted}
    if kind == "array":
        return [example(document, schema["items"])] * schema.get("minItems", 0)
    if kind == "string":
        return LATER if schema.get("format") == "date-time" else "x" * max(4, schema.get("minLength", 0))
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}.get(str(kind))
