"""Practices, facilities and companies. Owns: their names, contract state and the count of their managers, which is
the lock of every change of access. Offers: find, learn, hold, count. Refuses to know: TINs, and who the members are.
"""
