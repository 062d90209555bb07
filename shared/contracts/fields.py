"""The few kinds of value that payloads are made of: strict types, bounded sizes, JSON in and the same JSON out.

marshmallow's own fields coerce (`Integer` takes "7", `Boolean` takes "on", `String` takes NUL): these do not.
"""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from shared.contracts.secrecy import looks_like_tin

# RFC 3339 in UTC, as orjson writes it.
_INSTANT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z", re.ASCII
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # line breaks and tabs are fine in a reason


class Text(fields.Field[str]):
    """Text of 1 to `longest` characters, without control characters, never the form of a TIN."""

    def __init__(self, longest: int = 200, **options: Any) -> None:
        super().__init__(required=options.pop("required", True), **options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= self.longest:
            raise ValidationError(f"not text of 1 to {self.longest} characters")
        if _CONTROL.search(value):
            raise ValidationError("holds a control character")
        if looks_like_tin(value):
            raise ValidationError("has the form of a TIN")
        return value


class Instant(fields.Field[str]):
    """An instant as RFC 3339 text in UTC with `Z`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=options.pop("required", True), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> str:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise ValidationError("not an RFC 3339 instant in UTC")
        return value


class Whole(fields.Field[int]):
    """A whole number from `least` on."""

    def __init__(self, least: int = 0, **options: Any) -> None:
        super().__init__(required=options.pop("required", True), **options)
        self.least = least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> int:
        if type(value) is not int or not self.least <= value < 2**31:
            raise ValidationError(f"not a whole number from {self.least} on")
        return value


class Flag(fields.Field[bool]):
    """True or false, nothing that resembles them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=options.pop("required", True), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not true or false")
        return value


class Choice(Text):
    """One of a closed list of words."""

    def __init__(self, *words: str, **options: Any) -> None:
        super().__init__(longest=60, validate=validate.OneOf(words), **options)
        self.words = words


def ident(**options: Any) -> Text:
    """An id of ours, such as `acc_01j9…`."""
    return Text(longest=64, **options)


def texts(longest: int = 200, most: int = 500, **options: Any) -> fields.List[str]:
    """A list of texts, possibly empty."""
    required = options.pop("required", True)
    return fields.List(Text(longest), required=required, validate=validate.Length(max=most), **options)


def inner(schema: type[Schema], **options: Any) -> fields.Nested:
    """An object of the given shape; what the shape does not name is refused."""
    return fields.Nested(schema, required=options.pop("required", True), **options)


class Instants(fields.Field[dict[str, str]]):
    """Names with an instant each, as `{"payment.manage": "2026-11-23T20:00:00Z"}`; at most `most`."""

    def __init__(self, most: int = 100, **options: Any) -> None:
        super().__init__(required=options.pop("required", True), **options)
        self.most = most
        self._name, self._instant = Text(longest=100), Instant()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> dict[str, str]:
        if not isinstance(value, dict) or len(value) > self.most:
            raise ValidationError(f"not at most {self.most} names with an instant each")
        return {str(self._name.deserialize(name)): str(self._instant.deserialize(at)) for name, at in value.items()}
