"""Calls to addresses that clients gave us: key sets, sign-outs, receivers of signals. The one way out (threat 12).

    what is owed ──▶ courier ──┐
    a key set ─────────────────┴─▶ may it be called? ──▶ resolve ──▶ is every answer public? ──▶ connect to that ──▶ TLS
                                       addresses           once           addresses               network      by name

Owns: which addresses may be called, the resolving and connecting, the limits of time and size; and how what is owed to
many receivers is carried: claimed, sent, noted, tried again. Offers: `fetcher.Fetcher`, `fetcher.Unreachable`,
`courier.Courier`, `debts.Debts`, `patience`. Refuses to know: what is asked for or sent, and what an answer means;
redirects, proxies, cookies and compression.
"""
