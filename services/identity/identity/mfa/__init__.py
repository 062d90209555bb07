"""Second factors.

Owns: authenticators (TOTP today), their encrypted secrets, replay protection, and what `acr` a set of methods reaches.
Offers: `assurance` (pure), `service.enrolled`, `service.prove_totp`, `service.enrol_totp`. Refuses to know: passwords,
pages, and which step of a sign-in comes next.
"""
