"""Browser sessions: one sign-in for every portal app.

Owns: who is signed in, how strongly, since when, on behalf of which organization; the cookie; the signed ticket with
which authorize sends people to sign in. Offers: `service` (open, current, end, raise_assurance, choose_organization),
`cookie`, `ticket`. Refuses to know: how a password or a code was checked, OAuth clients, pages.
"""
