"""Browser sessions: one sign-in for every portal app.

Owns: who is signed in, how strongly, since when and for how long, on behalf of which organization, from which browser;
what a sign-in still owes; the cookie; the signed ticket with which authorize sends people to sign in. Offers: `service`
(open, current, listing, settle, raise_assurance, choose_organization, end, end_all), `door` (present, entered,
signed_in, sensitive), `lives`, `ticket`. Refuses to know: how a password or a code was checked, OAuth clients, what a
page shows.
"""
