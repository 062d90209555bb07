"""Codes: six digits sent to an address that somebody has, and typed back once.

Owns: the codes (as keyed hashes), how often they may be sent and guessed, and what became of each message. Offers:
`rules` (pure), `service` (send, prove, delivery, recent, forget_old), the report of messages that came back. Refuses to
know: what a proof is worth, and which page asks for it.
"""
