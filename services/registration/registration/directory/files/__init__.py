"""Files of the directory on their way in: the payer's roster, and the national file of NPIs (NPPES).

Owns: each import's run, how far it got, and the file of its faults. Offers: an import that goes on where it was
killed, that changes nothing when it is repeated, and whose national file counts at once or not at all. Refuses to
know: who asks the directory, and what for.
"""
