"""Clients: the apps that ask us to sign people in, and the programs that ask for tokens of their own.

    operator ──▶ profiles (a word for thirty choices) ──▶ registrable (what stands against it) ──▶ service (kept)
    request  ──▶ authentication ──▶ secrets | assertions with key_sets ──▶ the client

Owns: their registration, their secrets (as keyed hashes) and the keys they sign with. Offers: `policy`, `profiles`,
`registrable` and `jwk` (pure), `service` (ensure, add, rotate, find), `book`, `authentication`, `key_sets`. Refuses to
know: what a token says, and how an address is called.
"""
