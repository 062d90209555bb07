"""The dictionary of refusals.

Owns: one entry for each way to be refused, with a stable code, the OAuth error name, why, and what to do; a file for
each part of the protocol. Offers: the entries, `fault.Refused`, `dictionary.ALL`. Refuses to know: HTTP. Pure data.
"""
