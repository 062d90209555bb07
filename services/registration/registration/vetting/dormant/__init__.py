"""Cases about the only access manager of an organization, who has stopped signing in (G11, M8).

Owns: what access-manager told of managers who stay away and come back, in whatever order it arrived; opening the one
case of an organization, and its ending by itself. Offers: `service`, and `handlers` for the events. Refuses to know:
when somebody counts as dormant (access-manager), and calls and seats, which are those of every case (`vetting`).
"""
