"""The authorization endpoint.

Owns: the rules an authorization request must pass, one per file in `checks/` and in one visible list in `order.py`;
the responses that go back to apps; the page for people whose app sent something we cannot answer; the choice of an
organization. Offers: `pages.add`. Refuses to know: how somebody signs in.
"""
