"""Status: what everybody may know about opening hours, in the form each reader likes.

Owns: `/status` (page, JSON, iCalendar feed) and the public hours API. Offers: nothing to other rooms.
Refuses to know: how the hours came to be.
"""
