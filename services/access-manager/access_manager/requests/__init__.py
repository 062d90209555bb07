"""Requests for more, from people who are inside already. Owns: the request from its asking to its one decision, one
open for each person and organization. Offers: ask, withdraw, decide, the manager's page of one. Refuses to know: how
anybody joined, and which portal refused them.
"""
