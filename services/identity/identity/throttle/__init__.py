"""How often somebody may try.

Owns: the counts of tries, per name, source and proven device, and the waits that follow. Offers: `Throttle`. Refuses to
know: what is tried, and whether an account of that name exists.
"""
