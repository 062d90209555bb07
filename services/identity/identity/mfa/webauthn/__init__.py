"""Passkeys as the W3C describes them (Web Authentication Level 3).

Owns: the options we give to authenticators, what of their answers we believe, challenges, the table of passkeys, the
letters about them. Offers: `options`, `answers`, `providers` (pure), `letters`, `challenges`, `models`, and `door`, the
edge to the script in the browser. Refuses to know: sessions, and what a proved passkey is good for (`mfa.passkeys` and
the rooms above).
"""
