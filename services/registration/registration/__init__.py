"""Registration. Owns: applications, TINs, the directory and vetting. Offers: the way in, its status page and the desk.
Refuses to know: passwords and memberships.
"""
