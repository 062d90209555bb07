"""An iCalendar feed (RFC 5545): plain events in UTC, so that no reader has to know our time zone's rules."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_LINE = 75  # octets, RFC 5545 section 3.1
_SPECIAL = re.compile(r"([\\;,])")


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event; `uid` stays the same for as long as the event means the same."""

    uid: str
    starts: datetime
    ends: datetime
    summary: str
    description: str = ""


def render(title: str, now: datetime, events: Iterable[FeedEvent]) -> bytes:
    """The feed as bytes with CRLF line ends, long lines folded."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gatehouse//availability//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return b"".join(_fold(line) for line in lines)


def _event(event: FeedEvent, now: datetime) -> list[str]:
    described = [f"DESCRIPTION:{_text(event.description)}"] if event.description else []
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(event.starts)}",
        f"DTEND:{_utc(event.ends)}",
        f"SUMMARY:{_text(event.summary)}",
        *described,
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """RFC 5545 section 3.3.11: backslash, semicolon and comma are escaped, line breaks written as `\\n`."""
    return _SPECIAL.sub(r"\\\1", text).replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _fold(line: str) -> bytes:
    """Fold at 75 octets without cutting a character in two."""
    folded, room, pieces = b"", _LINE, []
    for character in line:
        octets = character.encode()
        if len(folded) + len(octets) > room:
            pieces.append(folded)
            folded, room = b"", _LINE - 1  # the leading space of a continuation counts
        folded += octets
    pieces.append(folded)
    return b"\r\n ".join(pieces) + b"\r\n"
