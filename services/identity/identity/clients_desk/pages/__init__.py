"""The pages of clients and keys. Owns: what staff see and type. Offers: blueprints. Refuses to know: how a client
changes (`oidc.registration.changing`) and what failed (`oidc.failures`).
"""
