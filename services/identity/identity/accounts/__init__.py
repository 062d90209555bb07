"""Accounts: one person's sign-in.

Owns: the account, its user ID and status, the events about them. Offers: `service` (open, name, activate, find,
claims), `canonical` and `states` (pure). Refuses to know: passwords, sessions, who works where.
"""
