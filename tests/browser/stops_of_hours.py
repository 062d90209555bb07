"""Stops at availability: what everybody may know, and the operator's pages."""

from datetime import UTC, datetime

from tests.browser.stop import MAIN_BUTTON, Stop
from tests.journeys.story import SUNDAY_NIGHT

THREE_IN_THE_MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # Tuesday, Eastern: the nightly gap begins

AVAILABILITY = (
    Stop("status", "/status", world="quiet"),
    Stop("status-planned", "/status"),
    Stop("status-closed", "/status", at=SUNDAY_NIGHT),
    Stop("status-history", "/status/history"),
    Stop("gate-closed", "/gate/check?function=precert.submit", status=503, at=SUNDAY_NIGHT),
    Stop("status-help", "/hours/help"),
    Stop("hours", "/hours", "operator", world="quiet"),
    Stop("hours-planned", "/hours", "operator"),
    Stop("maintenance-new", "/hours/maintenance/new?when=now", "operator"),
    Stop("maintenance-empty", "/hours/maintenance/new?when=later", "operator", press=MAIN_BUTTON, status=422),
    Stop("maintenance-start", "/hours/maintenance/{maintenance}/start", "operator"),
    Stop("maintenance-cancel", "/hours/maintenance/{maintenance}/cancel", "operator"),
    Stop("maintenance-extend", "/hours/maintenance/{maintenance}/extend", "operator"),
    Stop("maintenance-end-impossible", "/hours/maintenance/{maintenance}/end", "operator"),
    Stop("calendar-hours", "/hours/calendars/precertification", "operator"),
    Stop("calendar-hours-empty", "/hours/calendars/precertification", "operator", press=MAIN_BUTTON, status=422),
    Stop(
        "calendar-preview",
        "/hours/calendars/precertification",
        "operator",
        fill=(("#f-windows", "Mon-Sat 05:00-03:00\nSun 05:00-22:00\nSun 22:30-23:00"), ("#f-reason", "Longer Sundays")),
        press=MAIN_BUTTON,
    ),
    Stop("schedule-version", "/hours/versions/1", "operator"),
    Stop("hours-for-others", "/hours", "manager", status=403),
    Stop("hours-for-the-desk", "/hours", "desk", status=403),
    Stop("status-at-three", "/status", at=THREE_IN_THE_MORNING),
    Stop("status-history-none", "/status/history", world="quiet"),
    Stop(
        "maintenance-repeats-refused",
        "/hours/maintenance/new?when=later",
        "operator",
        fill=(("#f-starts", "2026-11-29T02:00"), ("#f-reason", "Weekly release")),
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("maintenance-cancel-series", "/hours/maintenance/{series}/cancel", "operator"),
    Stop(
        "calendar-preview-refused",
        "/hours/calendars/precertification",
        "operator",
        fill=(("#f-windows", "Mon-Sat 5 to noon"), ("#f-reason", "A slip")),
        press=MAIN_BUTTON,
        status=422,
    ),
)
