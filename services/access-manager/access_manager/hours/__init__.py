"""What availability last said about opening hours. Owns: one cached answer with the marks of its age. Offers: the
openness of a function at an instant. Refuses to know: calendars and time zones.
"""
