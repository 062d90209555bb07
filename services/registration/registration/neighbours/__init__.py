"""HTTP calls registration makes, one file per neighbour.

Owns: the shape of what we ask and what comes back. Offers: make an account, is it open, what can be
asked for. Refuses to know: transactions; no call is ever made inside one.
"""
