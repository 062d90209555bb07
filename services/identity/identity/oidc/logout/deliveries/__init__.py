"""Telling every app that a session is over (OpenID Connect Back-Channel Logout 1.0).

    session.ended ──▶ handlers ──▶ one row per (session, app) ──▶ courier ──POST logout token──▶ app
                                            ▲                        │
                                            └── later, or given up ◀─┘ no answer, or not 2xx

Owns: what is owed to which app, the logout token, and how long we try. Offers: `handlers.on_session_ended`,
`courier.Courier`, `courier.JOBS`, `models.DEBTS`. Refuses to know: why a session ended, and how what is owed is carried
out of the house (`outbound`).
"""
