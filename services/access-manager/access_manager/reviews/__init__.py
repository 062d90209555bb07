"""Who still needs their access? Owns: reviews with the population frozen when they opened, each decision, the quarterly
schedule. Offers: open, decide, close, lapse, evidence that regenerates byte by byte, pages, calls, commands. Refuses to
know: how access is asked for, and decisions about a function: what is due stands in the membership they read.
"""
