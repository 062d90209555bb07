"""The desk's workbench as pages: the queue, a case with everything it needs, and what a second colleague decides.

Owns: what staff see and press. Offers: `doors.mount`. Refuses to know: the rules, which are `vetting`'s, and who may
sign in, which is identity's.
"""
