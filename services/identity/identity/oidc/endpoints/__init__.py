"""The addresses that clients call: token, introspection, revocation, userinfo, metadata, keys, and signing out.

Owns: reading these requests strictly, and the shape of their answers and errors. Offers: `routes.add`. Refuses to know:
how a grant is redeemed.
"""
