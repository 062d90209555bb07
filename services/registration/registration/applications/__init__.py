"""Applications: what a person answers when they ask to join, and where their request stands.

Owns: the questionnaire under `/register`, the draft behind its cookie, the state of an application.
Offers: start and fill a draft, move an application from state to state, read one. Refuses to know:
who decides and how (submission, vetting), passwords and accounts (identity).
"""
