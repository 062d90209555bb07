"""Activation: from an invited account to one that can sign in.

Owns: one-time links, the page where a person chooses user ID and password, the API and the command that open accounts.
Offers: `service` (invite, find, activate). Refuses to know: why somebody is invited, and who decides about them.
"""
