"""What has happened to a person's account and from where, as they see it: sign-ins, browsers, every change.

Owns: the sentences of that history, the pages of activity and devices, and the one behind "that was not me".
Offers: blueprints, `history` (pure). Refuses to know: what is suspicious (`risk`) and how an entry is written.
"""
