"""Rules: the form of the request and the way of its answer.

Owns: response mode and type, repetitions, request objects, proof keys. Offers: `check` of each file. Refuses to know:
what the client wants to learn, and of whom.
"""
