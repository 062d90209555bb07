"""Rules: what the client wants to know, for which APIs, how the person must have signed in, which pages are shown.

Owns: scopes, resources, claims, prompts, ages and levels. Offers: `check` of each file. Refuses to know: who is there.
"""
