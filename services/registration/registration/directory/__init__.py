"""The directory: who has which TIN and NPI.

Owns: the payer's directory entries, the national file of NPIs, the TIN of each organization, and the count of its
access managers as access-manager's events tell it. Offers: look-up by TIN and by NPI, the import of both files, the
payer asked over HTTP, the vault that encrypts and finds TINs, and the one door that tells a TIN, to programs that may
know it. Refuses to know: who applies, and who the managers are.
"""
