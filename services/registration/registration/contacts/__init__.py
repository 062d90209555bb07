"""Contacts: proving that an e-mail address and a mobile number belong to the person.

Owns: one-time codes, stored hashed, and their counters. Offers: send a code, try a code, is it
proved. Refuses to know: what the contact is proved for.
"""
