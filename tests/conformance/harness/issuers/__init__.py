"""The issuers under test, and what a module may know of them.

Owns: the cast of clients, the browser of the person, Gatehouse and npm `oidc-provider` as running issuers. Offers:
`Subject`, `Registered`, the names in `roles`. Refuses to know: what is asked of an issuer, and what it must answer.
"""
