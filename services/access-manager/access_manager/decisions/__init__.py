"""May this account do this, for this organization, now? Owns: the decision and its AuthZEN door. Offers: `evaluate`,
and `as_held` for proofs. Refuses to know: how memberships come about. Every denial says why, who can mend it and when.
"""
