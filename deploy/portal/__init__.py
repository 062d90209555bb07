"""The sample portal: what another team's app does to use Gatehouse, in two short files.

Owns: a page, a sign-in through OpenID Connect, sessions that Gatehouse can end, one guarded act (submitting a
precertification). Offers: `create_app`.
Refuses to know: anything of the suite but its public addresses; it would run unchanged on another machine.
"""
