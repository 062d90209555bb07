"""Signing keys.

Owns: the key pairs, encrypted at rest, and their life: next, active, retired. Offers: `service.ensure`,
`service.rotate`, `ring.KeyRing` (sign, verify, the public key set as bytes). Refuses to know: what is signed.
"""
