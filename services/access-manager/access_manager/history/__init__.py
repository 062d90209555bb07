"""What happened in an organization: who gave what to whom, when and why. Owns: nothing but the words; it reads the
organization's own part of the audit. Offers: entries and their sentences. Refuses to know: others' entries.
"""
