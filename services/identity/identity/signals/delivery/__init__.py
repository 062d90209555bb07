"""How sets get to their receivers (push, RFC 8935; poll, RFC 8936).

    put ──▶ queue ──┬─▶ courier ──POST──▶ receiver      202, or why not
                    └─◀ poll ◀──POST──── receiver       sets, until they are acknowledged

Owns: what is owed to whom, its order, who carries it now, and when it is given up and forgotten. Offers: `queue.put`,
`queue.offer`, `courier.Courier`, `courier.JOBS`, `housekeeping.JOBS`, `routes.poll`. Refuses to know: what a set says
(`telling`), what a receiver may ask for (`streams`), and how a request leaves the house (`oidc.outbound`).
"""
