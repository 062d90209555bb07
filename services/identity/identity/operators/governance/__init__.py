"""Policies in the hands of staff. Owns: how a value is typed and shown. Offers: pages, API, commands. Refuses to know:
what a value may be and what it does (`policies`, and the rooms that read it).
"""
