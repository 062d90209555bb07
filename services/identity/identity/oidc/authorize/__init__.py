"""The authorization endpoint.

    request ──▶ WHO_ASKS ──▶ WHAT_IS_ASKED ──▶ WHO_IS_THERE ──▶ code
                  │ page        │ answer          │ page that helps, or answer (prompt=none)
                  ▼             ▼                 ▼
                stays here    to the app        sign-in · registration · consent, and back with the same request

Owns: the rules an authorization request must pass, one per file in `checks/` and in three visible lists in `order.py`;
the responses that go back to apps; the pages for people whose app sent something we cannot answer, and for consent;
pushed requests. Offers: `pages.authorize`, `consent.pages.consent`, `pushed.endpoint.push`. Refuses to know: how
somebody signs in.
"""
