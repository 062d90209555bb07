"""Organizations: every further organization that one application asks for, and what each kind may ask for.

Owns: the list beside the first organization of a draft, its limit of fifty, the pages that fill it. Offers: add, take
over a pasted list, remove, read. Refuses to know: what becomes of each request (submission), whether a TIN is known.
"""
