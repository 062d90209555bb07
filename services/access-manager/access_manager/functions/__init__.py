"""What portals can do. Owns: the catalogue of functions and the access profiles, as data. Offers: `catalogue`, its
API door. Refuses to know: who holds which function.
"""
