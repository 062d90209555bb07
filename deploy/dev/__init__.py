"""`/dev`: what the local run shows to whoever tries it out; no other mode has it.

Owns: captured mail and text messages, the clock, the list of demo sign-ins with their present one-time codes.
Offers: `create_app`. Refuses to know: how the services work.
"""
