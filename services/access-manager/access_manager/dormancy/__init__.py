"""Who has stopped signing in? Owns: who was warned, suspended or let back, and when. Offers: the worker's look at
people in turn, lifting a suspension, the list of who is dormant. Refuses to know: how people sign in.
"""
