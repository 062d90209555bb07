"""The envelope: CloudEvents 1.0, JSON format, structured content mode (CloudEvents JSON §3; AMQP binding §3.2).

Two extension attributes are ours: `sequence`, the version of the aggregate, and `requestid`, the request that
caused the fact. `dataschema` names the contract and its version.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

CONTENT_TYPE = "application/cloudevents+json"
MAX_BYTES = 64 * 1024  # events are facts, not files; both ends refuse more
_TEXTS = ("id", "type", "source", "subject", "time", "dataschema")
_OUT = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
_TWO_TO_31 = 2**31  # CloudEvents integers have 32 bits (spec §3.3)


class NotAnEventError(ValueError):
    """The bytes are not an event; the message says why without repeating the content."""


@dataclass(frozen=True)
class Event:
    """A past-tense fact about one aggregate.

    `id` never changes across redelivery; `source` is the sending service; `subject` the aggregate's id; `sequence`
    its version, so that a listener can tell an older fact from a newer one; `data` is JSON, the aggregate's state.
    """

    id: str
    type: str
    source: str
    subject: str
    sequence: int
    time: datetime
    data: dict[str, object]
    request_id: str | None = None
    version: int = 1

    def to_bytes(self) -> bytes:
        """Return the event as it travels. Aware datetimes in `data` become RFC 3339 with `Z`."""
        envelope: dict[str, object] = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "sequence": self.sequence,
            "time": self.time.astimezone(UTC),
            "datacontenttype": "application/json",
            "dataschema": schema_name(self.type, self.version),
            "data": self.data,
        }
        if self.request_id:
            envelope["requestid"] = self.request_id
        return orjson.dumps(envelope, option=_OUT)

    @classmethod
    def from_bytes(cls, body: bytes) -> "Event":
        """Read an event; raises NotAnEventError for anything else. `data` still holds what came, unchecked."""
        envelope = _envelope(body)
        texts = [_text(envelope, name) for name in _TEXTS]
        event_id, kind, source, subject, time, dataschema = texts
        data = envelope.get("data")
        if not isinstance(data, dict):
            raise NotAnEventError("data is not an object")
        request_id = envelope.get("requestid")
        if request_id is not None and not isinstance(request_id, str):
            raise NotAnEventError("requestid is not text")
        return cls(
            id=event_id,
            type=kind,
            source=source,
            subject=subject,
            sequence=_sequence(envelope),
            time=_instant(time),
            data=data,
            request_id=request_id,
            version=_version(kind, dataschema),
        )


def instant(text: object) -> datetime:
    """Return the instant that an event's `data` holds as RFC 3339 text; raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError("an instant is text")
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return found.astimezone(UTC)


def schema_name(kind: str, version: int) -> str:
    """Return the `dataschema` of a contract, for example `urn:gatehouse:event:user.registered:1`."""
    return f"urn:gatehouse:event:{kind}:{version}"


def _envelope(body: bytes) -> dict[str, object]:
    try:
        envelope = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAnEventError("not JSON") from error
    if not isinstance(envelope, dict):
        raise NotAnEventError("not a JSON object")
    if envelope.get("specversion") != "1.0":
        raise NotAnEventError("specversion is not 1.0")
    return envelope


def _text(envelope: dict[str, object], name: str) -> str:
    value = envelope.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200 or "\x00" in value:
        raise NotAnEventError(f"{name} is not text of 1 to 200 characters")
    return value


def _sequence(envelope: dict[str, object]) -> int:
    value = envelope.get("sequence")
    if type(value) is not int or not 0 <= value < _TWO_TO_31:
        raise NotAnEventError("sequence is not a whole number of 31 bits")
    return value


def _instant(text: str) -> datetime:
    try:
        return instant(text)
    except ValueError as error:
        raise NotAnEventError("time is not an RFC 3339 instant") from error


def _version(kind: str, dataschema: str) -> int:
    prefix, _, version = dataschema.rpartition(":")
    if prefix != f"urn:gatehouse:event:{kind}" or not version.isascii() or not version.isdigit() or len(version) > 4:
        raise NotAnEventError("dataschema does not name this type and a version")
    return int(version)
