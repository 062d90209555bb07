"""Recovery: forgotten user ID, forgotten password, lost factor.

Owns: the page that says who helps. Offers: `/recover`. Refuses to know: whether an account exists.
"""
