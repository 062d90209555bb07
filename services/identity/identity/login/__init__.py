"""Signing in.

Owns: which step comes next, what a session begins with, the pages from user ID to the organization. Offers:
pages at `/login`. Refuses to know: OAuth clients and tokens; a signed ticket (sessions/ticket.py) says what is demanded
and where to go.
"""
