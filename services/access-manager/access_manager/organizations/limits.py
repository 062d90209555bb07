"""How many access managers an organization has (domain.md §3). Rules of the domain, not settings. Pure."""

MANAGERS_MINIMUM = 1
MANAGERS_MAXIMUM = 15
MANAGERS_ADVISED = 2
