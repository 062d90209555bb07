"""Tokens as text.

Owns: what an access token (RFC 9068) and an ID token (OIDC Core §2) look like, for how long and for whose key one is,
and how one of ours is recognized again. Offers: `answer.for_person`, `answer.for_program`, `mint.Mint`, `reading`,
`opaque` (tokens that say nothing by themselves, and their table). Refuses to know: other tables, and whether the
sign-in behind a token is still on.
"""
