"""What this service knows of a person: name, address, state of the account. Owns: a projection of identity's
account events. Offers: learn, names, states. Refuses to know: how anybody signs in.
"""
