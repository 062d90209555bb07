"""The addresses that programs call: token, introspection, revocation, userinfo, metadata and keys, all in the lane.

Owns: reading these requests strictly, and the shape of their answers and errors. Offers: views for `oidc.routes`, and
`form`, `refusing` and `call` for doors of other rooms that programs call. Refuses to know: how a grant is redeemed.

    POST /oauth/token ─▶ form ─▶ client ─▶ proof of its key ─▶ grants: redeem ─▶ narrowed ─▶ tokens: answer ─▶ Reply
                           └───────┴─────────────┴──── Refused ────┴──▶ refusing ────────────────────────────▶ Reply
"""
