"""Passwords.

Owns: hashing (Argon2id, one hash per core at a time), the policy, the blocklist, the count of failures in a row.
Offers: `policy` (pure), `hasher.Hasher`, `service` (set, read, note). Refuses to know: accounts, pages, throttling by
source.
"""
