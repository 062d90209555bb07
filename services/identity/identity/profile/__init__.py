"""Profile: what a signed-in person sees and decides of themselves.

Owns: the pages under `/account` about the person (`overview`, `contact_points`, `trail`, language, closing) and the
frame around all of them. Offers: pages, and the frame's template `profile/shell.html` to the rooms beside it.
Refuses to know: how anything is granted, proved or kept.
"""
