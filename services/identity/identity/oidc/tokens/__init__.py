"""Tokens as text.

Owns: what an access token (RFC 9068) and an ID token (OIDC Core §2) look like, and how one of ours is recognized again.
Offers: `mint.Mint`, `reading`. Refuses to know: tables, and whether the sign-in behind a token is still on.
"""
