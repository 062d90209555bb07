"""The rules of an authorization request, one per file: `check(inquiry)` passes, proves something, or raises.

Their order stands in `authorize/order.py`. A rule looks at nothing but the inquiry: what it needs of the house is in
`inquiry.known`.
"""
