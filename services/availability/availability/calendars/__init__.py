"""Calendars: when each function of the portals is open, as data the operator can edit.

Owns: the versioned schedule document (calendars, functions, dated exceptions), its rules in local wall time and
the compiled line of instants that answers "open or closed, why, since, until, next open".
Offers: `decide`, `Timetable`, `publish`, `add_exception`, the default schedule.
Refuses to know: who is allowed to do what, how maintenance is run, HTTP answers of the gate.
"""
