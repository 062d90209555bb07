"""Shared signals: other systems hear at once what happens to the people they know (OpenID SSF 1.0, CAEP, RISC).

    session.ended, credential.changed, account.*, membership.*          ┌─ push (RFC 8935): courier
        ──▶ telling (which events) ──▶ one signed SET per stream ───────┤
                                                                        └─ poll (RFC 8936): door

Owns: streams, what their receivers asked for, and the sets that are owed to them. Offers: `models`, and the rooms
`streams` (what a receiver manages), `telling` (what is said) and `delivery` (how it gets there). Refuses to know: why
something happened, and names, addresses, TINs and codes: no set carries one.
"""
