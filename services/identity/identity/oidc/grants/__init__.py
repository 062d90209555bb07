"""Grants: what a sign-in gave to a client.

Owns: one row per authorization with its single-use code, the family of refresh tokens that hangs on it, devices that
wait for their person, and the access tokens that were revoked before their time. Offers: `authorization.open_grant`, a
`redeem` in each of `code`, `refresh`, `device_code` and `exchange`, `client_credentials`, `standing`, `revocation`, and
`opening_hours.within_hours`. Refuses to know: HTTP, and how tokens are written.
"""
