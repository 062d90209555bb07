"""The rules of an authorization request, one per file: `check(inquiry)` passes, proves something, or raises.

Owns: the rules, in four rooms: who asks, how the request travels, what is wished, who is there. Offers: `check` of
each; their order stands in `authorize/order.py`. Refuses to know: anything but the inquiry; what a rule needs of the
house is in `inquiry.known`.
"""
