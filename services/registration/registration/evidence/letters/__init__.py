"""Letters with a key: proof by the mailbox that the payer has on file.

Owns: letters, from the wish for one to the key that is used, and the desk's page for printing them. Offers: the page on
which an applicant asks for a letter and enters its key. Refuses to know: where a letter goes other than the directory.
"""
