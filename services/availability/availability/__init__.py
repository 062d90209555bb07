"""availability: when the portals are open.

Rooms, upper ones may use lower ones: `hours` (operator's pages) and `status` (what everybody may know) stand on
`gate` (the answer, kept in memory), which stands on `maintenance`, which stands on `calendars`.
Owns: calendars, the calendar of every function, maintenance. Offers: the gate, the status page and feeds, the hours
API, events. Refuses to know: accounts, organizations, who may do what.
"""
