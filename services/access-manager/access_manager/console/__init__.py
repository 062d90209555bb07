"""The frame of the access manager's console, and its pages about people, managers and the choice of organization.

Owns: which organization a page is about, how end dates are typed and shown. Offers: `console_page`,
`for_organization`, pages. Refuses to know: what is allowed; `memberships` holds the rules.
"""
