"""When gated functions are open, as availability last said: what a token may still speak of, and for how long (J5).

Owns: one row for each calendar, fed by events and completed by asking. Offers: `service.within`, `handlers`,
`asking.learn`. Refuses to know: time zones, schedules, and who holds which function.

    availability ── service.opened / service.closed ──▶ open or closed, at once
                 ── schedule.changed, maintenance.* ──▶ "ask again"      ┐
    job ── GET /functions ─▶ open, and until when ◀── whatever is due ───┘
"""
