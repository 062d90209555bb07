"""What this service knows of a person: name, address, state of the account, the terms they accepted. Owns: projections
of what identity tells of accounts and of versions of the terms. Offers: learn, names, states. Refuses to know: how
anybody signs in, and what the terms say.
"""
