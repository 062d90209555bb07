"""The envelope: what goes out comes back, and nothing else is taken for an event."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from shared.events import Event, NotAnEventError, instant
from tests.support.throwaway import event_bytes


def test_an_event_comes_back_as_it_went_out() -> None:
    """Bytes out and in give the same event, request id and version included."""
    event = Event("evt_1", "user.registered", "registration", "app_1", 7, _at(), {"a": [1, None]}, "req_1", 2)
    assert Event.from_bytes(event.to_bytes()) == event


def test_the_envelope_is_cloudevents() -> None:
    """Every required attribute of CloudEvents 1.0 is there, and our two extensions."""
    told = orjson.loads(event_bytes(request_id="req_1", time=_at().astimezone(timezone(timedelta(hours=-5)))))
    assert told["specversion"] == "1.0"
    assert (told["type"], told["source"], told["subject"]) == ("session.ended", "identity", "ses_1")
    assert told["time"] == "2026-11-23T10:00:00Z"
    assert (told["sequence"], told["requestid"]) == (1, "req_1")
    assert told["dataschema"] == "urn:gatehouse:event:session.ended:1"


def test_instants_in_data_travel_as_text_in_utc() -> None:
    """A datetime passed as data is read back by `instant`."""
    event = Event.from_bytes(event_bytes(data={"at": _at()}))
    assert event.data == {"at": "2026-11-23T10:00:00Z"}
    assert instant(event.data["at"]) == _at()


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T10:00:00", "soon", 5, None])
def test_only_instants_with_a_zone_are_instants(text: object) -> None:
    """Nothing is guessed about a time without a zone."""
    with pytest.raises(ValueError, match=r".+"):
        instant(text)


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"id": ""},
        {"id": 5},
        {"id": "e\x00"},
        {"type": None},
        {"source": "x" * 201},
        {"subject": None},
        {"sequence": "1"},
        {"sequence": 1.0},
        {"sequence": True},
        {"sequence": -1},
        {"sequence": 2**31},
        {"time": "2026-11-23T10:00:00"},
        {"dataschema": "urn:gatehouse:event:session.started:1"},
        {"dataschema": "urn:gatehouse:event:session.ended:one"},
        {"dataschema": "urn:gatehouse:event:session.ended:１"},
        {"data": []},
        {"requestid": 5},
    ],
)
def test_a_broken_envelope_is_refused(change: dict[str, object]) -> None:
    """Each attribute has one form; the message does not repeat what came."""
    told = {**orjson.loads(event_bytes()), **change}
    with pytest.raises(NotAnEventError) as refusal:
        Event.from_bytes(orjson.dumps(told))
    assert "signed_out" not in str(refusal.value)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[]", b"null", b'{"a": NaN}', b'{"id": "\\ud800"}', b"[" * 5000, b'{"specversion"']
)
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """Half, nested, binary and surrogate content ends in the same refusal."""
    with pytest.raises(NotAnEventError):
        Event.from_bytes(body)


def _at() -> datetime:
    return datetime(2026, 11, 23, 10, tzinfo=UTC)
