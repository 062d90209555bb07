"""The configuration of a stream, from and to JSON (SSF 1.0 §8.1.1). Pure.

What the receiver supplies is `delivery`, `events_requested` and `description`; the rest is ours, and a change that
brings it along must bring it as it is. Members that we do not know are passed over.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from identity.oidc.outbound.addresses import fault_of
from identity.signals.bodies import text, wrong
from identity.signals.kinds import OFFERED
from identity.signals.models import SignalStream
from identity.signals.streams.metadata import POLL_METHOD, PUSH_METHOD, poll_url

PUSH, POLL = "push", "poll"
VERIFY_EVERY = 60  # seconds between two verifications that a receiver may ask for
_MOST_EVENTS = 100
_LONGEST_EVENT = 300
_LONGEST_ADDRESS = 500
_LONGEST_DESCRIPTION = 200
_METHODS = {PUSH_METHOD: PUSH, POLL_METHOD: POLL}
# A header is one line of printable ASCII: no receiver writes a second one by way of us (RFC 9110 §5.5).
_HEADER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,998}[\x21-\x7e])?")
_NOT_YOURS = "this is the transmitter's to say; leave it out, or send it as it is"
_OURS = ("iss", "aud", "events_supported", "events_delivered", "min_verification_interval", "inactivity_timeout")


def whole(body: Mapping[str, Any], *, at_home: bool) -> dict[str, Any]:
    """Return every column that a receiver decides about; what the body leaves out is taken away (§8.1.1.4).

    `authorization` is in clear. `at_home`: http to loopback is allowed, as in the local run. Raises the 400 Problem.
    """
    nothing = {**_delivery({}, at_home), **_events([]), **_said(None)}
    return {**nothing, **part(body, at_home=at_home)}


def part(body: Mapping[str, Any], *, at_home: bool) -> dict[str, Any]:
    """Return the columns that a body speaks of, and no others (§8.1.1.3); raises as `whole` does."""
    found: dict[str, Any] = {}
    if "delivery" in body:
        found |= _delivery({} if body["delivery"] is None else body["delivery"], at_home)
    if "events_requested" in body:
        found |= _events([] if body["events_requested"] is None else _listed(body["events_requested"]))
    if "description" in body:
        found |= _said(body["description"])
    return found


def told(stream: SignalStream, issuer: str) -> dict[str, Any]:
    """Return the configuration as its receiver sees it. What a push is authorized with is never shown again."""
    where = stream.endpoint if stream.method == PUSH else poll_url(issuer, stream.id)
    shown = {
        "stream_id": stream.id,
        "iss": issuer,
        "aud": stream.client_id,
        "events_supported": list(OFFERED),
        "events_requested": list(stream.requested),
        "events_delivered": list(stream.delivered),
        "delivery": {"method": PUSH_METHOD if stream.method == PUSH else POLL_METHOD, "endpoint_url": where},
        "min_verification_interval": VERIFY_EVERY,
    }
    return shown | ({"description": stream.description} if stream.description else {})


def insist_ours(body: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Refuse a change that brings what is ours otherwise than it is (§8.1.1.3); `present` is the configuration."""
    for name in _OURS:
        if name in body and _alike(body[name]) != _alike(present.get(name)):
            raise wrong(name, _NOT_YOURS)


def insist_own_poll(body: Mapping[str, Any], issuer: str, stream_id: str) -> None:
    """Refuse an address for polling that is not the one of this stream: polls come to us."""
    sent = body.get("delivery")
    if not isinstance(sent, dict) or sent.get("method", POLL_METHOD) != POLL_METHOD:
        return
    if sent.get("endpoint_url") not in (None, poll_url(issuer, stream_id)):
        raise wrong("delivery.endpoint_url", _NOT_YOURS)


def _delivery(sent: Any, at_home: bool) -> dict[str, Any]:
    """Without `delivery` it is polling (§8.1.1.1)."""
    if not isinstance(sent, dict):
        raise wrong("delivery", "use an object")
    method = _METHODS.get(str(sent.get("method", POLL_METHOD)))
    if method is None:
        raise wrong("delivery.method", f"use {PUSH_METHOD} or {POLL_METHOD}")
    if method == POLL:
        return {"method": POLL, "endpoint": None, "authorization": None}
    endpoint = text({"delivery.endpoint_url": sent.get("endpoint_url")}, "delivery.endpoint_url", _LONGEST_ADDRESS)
    if endpoint is None:
        raise wrong("delivery.endpoint_url", "say where events are pushed to")
    # A first look at the name; where it leads is looked at again at every connection (threat 12).
    if fault := fault_of(endpoint, allow_loopback=at_home):
        raise wrong("delivery.endpoint_url", fault)
    return {"method": PUSH, "endpoint": endpoint, **_authorization(sent)}


def _authorization(sent: Mapping[str, Any]) -> dict[str, str | None]:
    if "authorization_header" not in sent:
        return {}
    header = sent["authorization_header"]
    if header is not None and not (isinstance(header, str) and _HEADER.fullmatch(header)):
        raise wrong("delivery.authorization_header", "use one line of at most 1000 printable ASCII characters")
    return {"authorization": header}


def _listed(sent: Any) -> list[str]:
    fits = isinstance(sent, list) and len(sent) <= _MOST_EVENTS
    if not fits or not all(isinstance(one, str) and 0 < len(one) <= _LONGEST_EVENT for one in sent):
        raise wrong("events_requested", f"list at most {_MOST_EVENTS} addresses of event types")
    return list(dict.fromkeys(sent))


def _events(requested: Iterable[str]) -> dict[str, Any]:
    """What nobody offers is kept as asked for, and passed over."""
    asked = list(requested)
    return {"requested": asked, "delivered": [kind for kind in OFFERED if kind in asked]}


def _said(description: Any) -> dict[str, Any]:
    if description is not None and not isinstance(description, str):
        raise wrong("description", "use a text")
    return {"description": (description or "")[:_LONGEST_DESCRIPTION] or None}


def _alike(value: Any) -> Any:
    """An audience of one is a text or a list; lists of events have no order."""
    if isinstance(value, str):
        return [value]
    return sorted(map(str, value)) if isinstance(value, list) else value
