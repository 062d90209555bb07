"""Identity: who somebody is, and how surely.

Owns: accounts, credentials, sessions, clients and tokens. Offers: sign-in for every portal. Refuses to know: who works
where and may do what; it keeps a projection of what access-manager says.
"""
