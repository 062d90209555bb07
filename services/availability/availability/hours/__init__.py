"""Hours: the operator's pages.

Owns: `/hours` and the forms to plan, start, end and cancel maintenance. Offers: nothing to other rooms.
Refuses to know: how an answer is computed or kept.
"""
