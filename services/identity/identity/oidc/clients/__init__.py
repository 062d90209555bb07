"""Clients: the apps that ask us to sign people in, and the programs that ask for tokens of their own.

Owns: their registration and their secrets (as keyed hashes). Offers: `policy` (pure: what a client may be registered
with, which redirect URI is one of its own), `service` (ensure, add, rotate, find), `authentication`. Refuses to know:
what a token says.
"""
