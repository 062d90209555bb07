"""The public page, its JSON and its calendar feed."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.service.availability.world import Hours


def test_the_page_says_what_is_open_and_what_comes_next(hours: Hours) -> None:
    """At three in the morning: what is closed, when it opens, that nothing else is; no script, no cookie."""
    hours.at("2026-11-24T03:00:00")
    answer = hours.client.get("/status")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Some parts are closed now" in text
    assert "Tuesday, November 24, 2026 at 5:00\u00a0a.m. Eastern" in text
    assert "No maintenance is planned." in text
    assert "Set-Cookie" not in answer.headers


def test_the_page_in_spanish(hours: Hours) -> None:
    """Every sentence of it."""
    hours.at("2026-11-24T03:00:00")
    text = hours.client.get("/status?lang=es").get_data(as_text=True)
    assert "Algunas partes están cerradas ahora" in text
    assert "martes, 24 de noviembre de 2026" in text
    assert "Opening hours" not in text


def test_the_week_tells_the_days_the_clocks_change(hours: Hours) -> None:
    """On such a day the zone's name stands beside the time; a repeated hour is told apart."""
    hours.at("2026-10-31T12:00:00")
    text = hours.client.get("/status").get_data(as_text=True).replace("\u00a0", " ")
    assert "until 3:00 a.m. EST; 5:00 a.m. EST to 9:00 p.m. EST" in text
    assert "from 5:00 a.m.<" in text


def test_maintenance_is_shown_in_the_readers_language(hours: Hours) -> None:
    """What happens, from when until when; the operator's own reason is not for the public."""
    message = {"en": "We install a new release.", "es": "Instalamos una nueva versión."}
    body = {"calendars": ["website"], "reason": "CHG-4711", "message": message, "emergency": True}
    hours.post("/maintenance", body, status=201)
    for language, words in (("en", "Maintenance is under way"), ("es", "Hay un mantenimiento en curso")):
        text = hours.client.get(f"/status?lang={language}").get_data(as_text=True)
        assert words in text
        assert message[language] in text
        assert "CHG-4711" not in text
    told = hours.client.get("/status.json").json
    assert told is not None
    assert [one["message"] for one in told["maintenance"]] == [message]
    assert "CHG-4711" not in str(told)


def test_the_feed_is_a_calendar_that_others_read(hours: Hours) -> None:
    """An independent parser finds the same instants as the API gives, long lines and commas included."""
    message = {"en": "We move the machines, all of them; it takes a while: " + "año " * 30 + "."}
    starts, ends = "2026-11-29T11:00:00Z", "2026-11-29T12:00:00Z"
    body = {"calendars": ["website"], "starts_at": starts, "ends_at": ends, "message": message, "reason": "Move"}
    hours.post("/maintenance", body, status=201)
    answer = hours.client.get("/status/calendar.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    events = read_feed(answer.data)
    opened = sorted(_span(event) for event in events if event["SUMMARY"] == "Precertification is open")
    for start, end in opened:
        assert not hours.function(at=_iso(start - timedelta(seconds=1)))["open"]
        assert hours.function(at=_iso(start))["open"]
        assert hours.function(at=_iso(end - timedelta(seconds=1)))["open"]
        assert not hours.function(at=_iso(end))["open"]
    assert len(opened) == 16  # a window a day, and the maintenance cuts one of fifteen in two
    [planned] = [event for event in events if event["SUMMARY"].startswith("Maintenance")]
    assert _span(planned) == (datetime.fromisoformat(starts), datetime.fromisoformat(ends))
    assert planned["DESCRIPTION"] == message["en"]
    assert len({event["UID"] for event in events}) == len(events)


def read_feed(feed: bytes) -> list[dict[str, str]]:
    """A reader of its own, straight from RFC 5545 sections 3.1 and 3.3.11."""
    lines = feed.decode().replace("\r\n ", "").split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    events: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            name, _, value = line.partition(":")
            events[-1][name] = value.replace("\\,", ",").replace("\\;", ";")
    return events


def _span(event: dict[str, str]) -> tuple[datetime, datetime]:
    start, end = (datetime.strptime(event[name] + "+0000", "%Y%m%dT%H%M%SZ%z") for name in ("DTSTART", "DTEND"))
    return start, end


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("path", ["/status", "/status.json", "/status/calendar.ics"])
def test_everybody_may_look(hours: Hours, path: str) -> None:
    """No sign-in, whatever the state."""
    hours.post("/maintenance", {"calendars": ["website"], "emergency": True, "reason": "Disk full"}, status=201)
    assert hours.client.get(path).status_code == 200
