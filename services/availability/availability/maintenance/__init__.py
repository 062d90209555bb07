"""Maintenance: planned, begun, ended; the one thing that closes what the calendars would leave open.

Owns: maintenance and its states, the rule of the allowance, the schedule together with its outages.
Offers: `plan`, `start`, `end`, `cancel`, `settle`, `read_timetable`. Refuses to know: HTTP, pages, who caches what.
"""
