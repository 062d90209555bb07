"""What is said of whom: events of the house in, signed sets out (RFC 8417, CAEP 1.0, RISC 1.0).

    session.ended · session.assured · credential.changed · account.* · membership.*
        ──▶ signals (which of them, pure) ──▶ claims (pure) ──▶ a set for each stream that wants it

Owns: which event of ours is which event of others, what it says, and that one person's sets are in the order of what
happened. Offers: `handlers`. Refuses to know: who listens (`streams`) and how a set gets there (`delivery`). Where no
stream wants an event, it costs one look and nothing is written.
"""
