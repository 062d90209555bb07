"""The directory: who has which TIN and NPI.

Owns: the payer's directory entries, the TIN of each organization, and the count of its access managers as
access-manager's events tell it. Offers: look-up by TIN, the CSV import, the vault that encrypts and finds TINs, and the
one door that tells a TIN, to programs that may know it. Refuses to know: who applies, and who the managers are.
"""
