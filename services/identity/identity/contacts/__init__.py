"""Contacts: every address at which an account's person can be reached.

Owns: e-mail addresses and mobiles, whether they are proved, since when they may help to recover, which is the main one.
Offers: `service` (list, find by address, tell everywhere), `changes` (add, prove, confirm, undo), `masking`.
Refuses to know: codes and how they are sent, passwords, sessions.
"""
