"""The frame of the access manager's console. Owns: which organization a page is about, its choice, how end dates are
typed and shown. Offers: `console_page`, `for_organization`, `for_scope`, the forms about a member. Refuses to know:
what is allowed, and who works there.
"""
