"""Passwords.

Owns: hashing (Argon2id with a pepper, one hash per core at a time), which passwords may be chosen, the lists of common
and of stolen ones, the count of failures in a row. Offers: `policy`, `pepper`, `blocklist` (pure), `hasher.Hasher`,
`choice` (may this person choose it), `checking` (does it fit), `service` (set, replace, read, note, expired) and
`letters`. Refuses to know: pages, sessions, devices.
"""
