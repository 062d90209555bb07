"""The floor that all four services stand on.

Owns: time, ids, errors, settings, databases, caches, events, audit, notices, API authentication, the page shell,
the service object and its runtime. Offers each of them to at least two services. Refuses to know: any word of the
domain (accounts, organizations, functions, calendars) and any service by its import name.
"""
