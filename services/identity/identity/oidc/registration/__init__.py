"""Registration: how clients change, and how apps register themselves (RFC 7591, RFC 7592).

    operator ──▶ initial_tokens ──▶ POST /oauth/register ──▶ client + registration access token
                                    GET | PUT | DELETE /oauth/register/<client_id>   (the token is new after each PUT)

Owns: initial and registration access tokens (as hashes), and what an app may say of itself. Offers: `changing` (one
client changed, switched off or on), `initial_tokens`, `service`, `endpoint`. Refuses to know: what may be registered
(`clients.registrable` knows), and who an operator is.
"""
