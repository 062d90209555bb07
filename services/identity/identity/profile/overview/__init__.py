"""The overview: who one is, for whom one works now, what one may do there, and what is worth doing next.

Owns: `/account`, the switch of the organization, the way in at `/`. Offers: pages. Refuses to know: how functions are
given; it only has words for them.
"""
