"""The page doors of sign-in, one file per step.

Owns: what each step shows and takes. Offers: blueprints. Refuses to know: which step comes next (`flow` decides).
"""
