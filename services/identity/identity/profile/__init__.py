"""Profile: what a signed-in person sees of themselves.

Owns: the overview at `/account` and the way in at `/`. Offers: pages only. Refuses to know: how anything is granted.
"""
