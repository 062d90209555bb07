"""Grants: what a sign-in gave to a client.

Owns: one row per authorization with its single-use code, the family of refresh tokens that hangs on it, and the access
tokens that were revoked before their time. Offers: `authorization.open_grant`, `code.redeem`, `refresh.redeem`,
`client_credentials.issue`, `standing`, `revocation`. Refuses to know: HTTP, and how tokens are written.
"""
