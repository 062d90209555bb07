"""Rules: whether the person who is there may use this app now, or what they must do first.

Owns: sign-in, its age and strength, population, organization, terms, consent. Offers: `check` of each file; each raises
Detour where a page helps, Refused where none does. Refuses to know: those pages.
"""
