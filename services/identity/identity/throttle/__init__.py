"""How often somebody may try.

Owns: the counts of tries, per name, source and proven device, and the waits that follow. Offers: `throttle.Throttle`
(try_once, failed, succeeded, clear), `limits` and `sentences` (pure), `door` (what a page answers to who waits).
Refuses to know: what is tried, and whether an account of that name exists.
"""
