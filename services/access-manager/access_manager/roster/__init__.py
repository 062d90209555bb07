"""Who works here: the list of members and the page of each. Owns: how the list is filtered, counted, cut and written to
a file. Offers: `look`, `everybody`, the pages and the API of the list. Refuses to know: what is allowed; `memberships`
holds the rules.
"""
