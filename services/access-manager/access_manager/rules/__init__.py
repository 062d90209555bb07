"""The hard rules of access (domain.md §3), pure: may this person do this to that one, in this organization, now?

Owns: one function for each rule that more than one room keeps, and the sentence of every refusal; what binds a single
room is that room's `rules.py`. Offers: functions that return None where the act is allowed, or the `Refusal` that says
why not. Refuses to know: tables, clocks and pages; all facts are handed in.
"""
