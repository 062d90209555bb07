"""Evidence without a call: an applicant proves the organization by what only its office can know.

Owns: the payer's facts as keyed digests, the tries against them, what was verified, and the letters with a key
(`evidence.letters`). Offers: what is verified of an application, for the desk. Refuses to know: cases, and who is
seated.
"""
