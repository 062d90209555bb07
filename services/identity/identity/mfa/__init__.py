"""Second factors.

Owns: apps, phones and addresses for codes, passkeys (`webauthn`), recovery codes, replay protection, holds after a
re-binding, and what `acr` a set of methods reaches. Offers: `assurance` and `picker` (pure), `service` (methods,
enrolled, prove, remove), `binding`, `recovery_codes`. Refuses to know: passwords, pages, and which step of a sign-in
comes next.
"""
