"""Who still needs their access? Owns: reviews with the population frozen when they opened, each decision, the quarterly
schedule. Offers: open, decide, close, lapse, evidence that regenerates byte by byte and proves each revoke; its `doors`
are pages, calls and commands. Refuses to know: how access is asked for, and how a decision is made: what is due stands
in the membership that decisions read, and for the proof they are asked what they answer.
"""
