"""Where a person can be reached, as they change it themselves: /account/contacts.

Owns: the pages that list, add, confirm and remove addresses, and the one behind the link in a letter about a change.
Offers: blueprints. Refuses to know: when an address is trusted (`contacts`) and how codes are sent (`codes`).
"""
