"""The directory: who has which TIN and NPI.

Owns: the payer's directory entries, the link between an organization and its TIN, and the count of
its access managers as access-manager's events tell it. Offers: look-up by TIN, the CSV import, the
vault that encrypts and finds TINs. Refuses to know: who applies, and who the managers are.
"""
