"""What one event type promises: its sender, its listeners, its version and the shape of its payload."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing

from shared.contracts.secrecy import is_secret_name


class ContractError(ValueError):
    """An event that its contract does not allow; the message names fields, never values."""


class Payload(Schema):
    """The shape of an event's `data`: what it does not name is refused."""

    class Meta:
        """Refuse what the contract does not name."""

        unknown = RAISE


PayloadType = type[Payload]


@dataclass(frozen=True)
class EventContract:
    """One event type.

    `subject` says in words which aggregate the event is about; `listeners` are the services whose queues exist
    before the first event is sent, so that none is lost to a listener that starts late.
    """

    type: str
    sender: str
    schema: PayloadType
    summary: str
    subject: str
    listeners: tuple[str, ...] = ()
    version: int = 1

    def __post_init__(self) -> None:
        secret = [name for name in _names(self.schema()) if is_secret_name(name)]
        if secret:
            raise TypeError(f"{self.type} declares {', '.join(secret)}: no event carries secrets, codes or TINs")
        if any(self.schema._hooks.values()):
            raise TypeError(f"{self.type} looks at its payload as a whole: a payload is as sound as its fields")

    @cached_property
    def _checker(self) -> Payload:
        return self.schema()

    def check(self, *, source: str, version: int, data: Mapping[str, object]) -> None:
        """Raise ContractError where the sender, the version or the payload differ from what was agreed."""
        if source != self.sender:
            raise ContractError(f"{self.type} is sent by {self.sender} only")
        if version != self.version:
            raise ContractError(f"{self.type} has version {self.version} here")
        if self._fits(data):
            return
        try:
            self._checker.load(data)
        except ValidationError as error:
            raise ContractError(f"{self.type}: {_named(error.messages_dict)}") from error

    def _fits(self, data: Mapping[str, object]) -> bool:
        """Whether every field takes its value: what loading says of sound data at two fifths of its price.

        Both ends of every event ask. Where this says no, loading decides and finds the words.
        """
        taken = 0
        try:
            for name, field in self._checker.fields.items():
                value = data.get(name, missing)
                if value is not missing:
                    field.deserialize(value, name, data)
                    taken += 1
                elif field.required:
                    return False
        except ValidationError:
            return False
        return taken == len(data)


def _names(schema: Schema) -> Iterator[str]:
    for name, field in schema.fields.items():
        yield name
        inside = field.inner if isinstance(field, fields.List) else field
        if isinstance(inside, fields.Nested):
            yield from _names(inside.schema)


def _named(messages: Mapping[Any, Any], path: str = "") -> str:
    found = []
    for name, inside in messages.items():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(inside, Mapping):
            found.append(_named(inside, here))
        else:
            found.append(f"{here}: {' '.join(str(line) for line in inside)}")
    return "; ".join(found)
