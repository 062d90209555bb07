"""Entitlements: what an account may do where, as access-manager last said.

Owns: a projection of memberships, fed by events. Offers: `service` (active, chosen, manages, accepted). Refuses to
know: who may grant what, and why; access-manager owns that.
"""
