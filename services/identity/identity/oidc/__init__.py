"""The OpenID provider.

Owns: clients, signing keys, grants (with their codes and refresh tokens), and every address under `/oauth` and
`/.well-known`. Offers: `app.build`, `app.mount`, `app.commands`, `app.JOBS`. Refuses to know: how somebody signs in
(authorize sends people to `/login` with a signed ticket) and who may do what where (`entitlements` knows).
"""
