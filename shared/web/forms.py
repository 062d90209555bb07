"""Page forms: what was typed → (values, errors).

A form is a marshmallow schema whose fields carry their own sentences: one for "empty", one for each other fault.
Nothing typed is thrown away except passwords. Browsers send text only, so the fields here take text only; spaces around
an answer, and the spaces, hyphens and brackets people put into numbers, are taken off silently.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from shared.i18n import say
from shared.web.shell.language import words

Values = dict[str, Any]
Errors = dict[str, str]
_SEPARATORS = re.compile(r"[\s\-‐-―.()\[\]/]+")
_LINE_BREAKS = "\t\r\n"


class PageForm(Schema):
    """A form of a page. Names nobody declared (the CSRF field, a browser extension's) are left out."""

    class Meta:
        unknown = EXCLUDE


class Text(fields.String):
    """One line of text, or several with `multiline`. `empty` is the sentence for "nothing typed"; optional gives ""."""

    stripped = True

    def __init__(
        self,
        *,
        empty: str = "",
        longest: int = 200,
        too_long: str | None = None,
        multiline: bool = False,
    ) -> None:
        super().__init__()
        self.empty, self.longest, self.multiline = empty, longest, multiline
        self.too_long = too_long or say("Use %(longest)s characters or fewer", longest=longest)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = str(value).strip() if self.stripped else str(value)
        _refuse_unreadable(text, self.multiline)
        if not text and self.empty:
            raise ValidationError(self.empty)
        if len(text) > self.longest:
            raise ValidationError(self.too_long)
        return self.read(text) if text else ""

    def read(self, text: str) -> str:
        """What a non-empty answer means. Errors: `ValidationError` with the sentence for the fault."""
        return text


class Secret(Text):
    """A password: taken letter by letter, never shown again. Its rules live with passwords, not here."""

    stripped = False

    def __init__(self, *, empty: str, longest: int = 1024) -> None:
        super().__init__(empty=empty, longest=longest)


class Digits(Text):
    """A number that names something (TIN, NPI, code): digits, however people group them. Gives digits only."""

    def __init__(self, *, empty: str, wrong: str, count: int | None = None) -> None:
        super().__init__(empty=empty, too_long=wrong)
        self.wrong, self.count = wrong, count

    def read(self, text: str) -> str:
        """The bare digits."""
        digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
        if not (digits.isascii() and digits.isdecimal()) or (self.count and len(digits) != self.count):
            raise ValidationError(self.wrong)
        return digits


class Choice(Text):
    """One of `options` (radio buttons, a list, the button that was pressed). None: whatever is listed elsewhere."""

    def __init__(self, options: Collection[str] | None = None, *, empty: str = "") -> None:
        super().__init__(empty=empty)
        self.options = options

    def read(self, text: str) -> str:
        """The option."""
        if self.options is not None and text not in self.options:
            raise ValidationError(self.empty or say("Choose one of the answers"))
        return text


class Choices(fields.Field[list[str]]):
    """Any of `options` (checkboxes), in the order sent, each once. `empty`: the sentence when one is needed."""

    def __init__(self, options: Collection[str] | None = None, *, empty: str = "") -> None:
        super().__init__()
        self.options, self.empty = options, empty

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[str]:
        chosen = list(dict.fromkeys(value))
        for option in chosen:
            _refuse_unreadable(option, False)
        if not chosen and self.empty:
            raise ValidationError(self.empty)
        if self.options is not None and not set(chosen) <= set(self.options):
            raise ValidationError(self.empty or say("Choose from the answers shown"))
        return chosen


class Tick(fields.Field[bool]):
    """A single checkbox: ticked or not. `empty`: the sentence when it must be ticked."""

    def __init__(self, *, empty: str = "") -> None:
        super().__init__()
        self.empty = empty

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not value and self.empty:
            raise ValidationError(self.empty)
        return bool(value)


def read_form(schema: type[Schema] | Schema, form: MultiDict[str, str] | None = None) -> tuple[Values, Errors]:
    """Read the request's form (or `form`): `(validated values, {})`, or `(what was typed, errors)`.

    `errors` maps field name to one sentence in the reader's language, in the order of the schema; "" is the whole form.
    """
    shape = schema() if isinstance(schema, type) else schema
    sent = request.form if form is None else form
    typed = {name: _typed(field, name, sent) for name, field in shape.fields.items() if _was_sent(field, name, sent)}
    loaded, refused = _load(shape, typed)
    twice = {name: str(say("Give one answer only")) for name in typed if _sent_twice(shape.fields[name], name, sent)}
    errors = {**refused, **twice}
    if not errors:
        return loaded, {}
    shown = {name: value for name, value in typed.items() if not isinstance(shape.fields[name], Secret)}
    return shown, _translated(errors, list(shape.fields))


def _load(shape: Schema, typed: Values) -> tuple[Values, Errors]:
    try:
        return dict(shape.load(typed)), {}
    except ValidationError as refused:
        return {}, _sentences(refused.messages)


def _typed(field: fields.Field[Any], name: str, sent: MultiDict[str, str]) -> object:
    if isinstance(field, Choices):
        return sent.getlist(name)
    return sent.get(name, "")


def _was_sent(field: fields.Field[Any], name: str, sent: MultiDict[str, str]) -> bool:
    """Our fields say themselves what "nothing" means; marshmallow's own know only a missing name."""
    return isinstance(field, Text | Choices | Tick) or bool(sent.get(name, "").strip())


def _sent_twice(field: fields.Field[Any], name: str, sent: MultiDict[str, str]) -> bool:
    return not isinstance(field, Choices) and len(sent.getlist(name)) > 1


def _refuse_unreadable(text: str, multiline: bool) -> None:
    """NUL and lone surrogates break PostgreSQL; line breaks in a single line break mail headers."""
    allowed = _LINE_BREAKS if multiline else ""
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in allowed for character in text):
        raise ValidationError(say("Remove the characters that are not text"))


def _sentences(messages: Any) -> Errors:
    return {("" if name == "_schema" else str(name)): _first(found) for name, found in dict(messages).items()}


def _first(found: Any) -> str:
    while not isinstance(found, str):
        found = next(iter(found.values() if isinstance(found, Mapping) else found))
    return found


def _translated(errors: Errors, order: list[str]) -> Errors:
    spoken = words()
    known = [name for name in order if name in errors]
    return {name: spoken.render(errors[name]) for name in [*known, *(set(errors) - set(known))]}
