"""Clients for programs and for a shell. Owns: the JSON API of scope `clients.manage`, and its commands. Offers:
`routes`, `commands`. Refuses to know: pages.
"""
