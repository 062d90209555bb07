"""The verbs that every program has, and those of the deployment as a whole, each loaded when somebody uses it.

Owns: `web`, `worker`, `migrate`, `events`, `audit`, `config`, `doctor`, and `secrets` with what it does (`renewing`).
Offers: commands, by their names in `shared.cli`. Refuses to know: a service's own verbs, and what any of them does to
its rooms.
"""
