"""Calls to addresses that clients gave us: key sets, logout endpoints. The one way out (threat 12).

    address ──▶ may it be called? ──▶ resolve ──▶ is every answer public? ──▶ connect to that answer ──▶ TLS by name
                  addresses             once           addresses                    network

Owns: which addresses may be called, the resolving and connecting, and the limits of time and size. Offers:
`fetcher.Fetcher` and `fetcher.Unreachable`. Refuses to know: what is asked for, and how often; redirects, proxies,
cookies and compression.
"""
