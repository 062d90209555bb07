"""The page doors of recovery, one file for how it begins, for what is proved, for how it ends.

Owns: what each step shows and takes, and the cookie of a recovery. Offers: blueprints.
Refuses to know: which step comes next (`flow` decides).
"""
