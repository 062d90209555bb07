"""Rules: who asks, and where the answer goes. Until they have passed, nothing is redirected anywhere (threats 1, 2).

Owns: proving `client`, the pushed request, `redirect_uri`. Offers: `check` of each file. Refuses to know:
what is asked.
"""
