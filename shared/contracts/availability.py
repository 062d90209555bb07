"""What availability tells: opening and closing, changed schedules, maintenance."""

from shared.contracts.contract import EventContract, Payload
from shared.contracts.fields import Choice, Flag, Instant, Text, Whole, ident, texts


class ServiceState(Payload):
    """Whether the functions of one calendar are open now, why, and until when that holds."""

    calendar = Text(longest=100)
    functions = texts(longest=100)
    open = Flag()
    reason = Choice("function_closed", "maintenance", allow_none=True)
    since = Instant(allow_none=True)
    next_open = Instant(allow_none=True)
    valid_until = Instant(allow_none=True)


class ScheduleChanged(Payload):
    """A calendar's schedule has a new version; what was computed from an older one is void."""

    calendar = Text(longest=100)
    functions = texts(longest=100)
    version = Whole()
    changed_at = Instant()


class Maintenance(Payload):
    """A maintenance as it stands now. `calendars` are those of which a listener must ask again; where `functions` or
    `clients` are named, no more than those is closed, or only for those."""

    maintenance_id = ident()
    calendars = texts(longest=100, most=50)
    state = Choice("scheduled", "in_effect", "ended", "cancelled")
    starts_at = Instant()
    ends_at = Instant(allow_none=True)
    emergency = Flag()
    reason = Text(longest=1000, allow_none=True)
    functions = texts(longest=100, most=50, required=False)
    clients = texts(longest=100, most=50, required=False)
    series_id = ident(required=False)


CONTRACTS = (
    EventContract(
        type="service.opened",
        sender="availability",
        schema=ServiceState,
        summary="The functions of a calendar are open from now on.",
        subject="calendar",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="service.closed",
        sender="availability",
        schema=ServiceState,
        summary="The functions of a calendar are closed from now on.",
        subject="calendar",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="schedule.changed",
        sender="availability",
        schema=ScheduleChanged,
        summary="An operator changed a calendar's schedule.",
        subject="calendar",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="maintenance.scheduled",
        sender="availability",
        schema=Maintenance,
        summary="A maintenance is planned, moved or cancelled; nothing closes yet.",
        subject="maintenance id",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="maintenance.started",
        sender="availability",
        schema=Maintenance,
        summary="A maintenance is in effect: its calendars are closed.",
        subject="maintenance id",
        listeners=("access-manager", "identity"),
    ),
    EventContract(
        type="maintenance.ended",
        sender="availability",
        schema=Maintenance,
        summary="A maintenance is over.",
        subject="maintenance id",
        listeners=("access-manager", "identity"),
    ),
)
