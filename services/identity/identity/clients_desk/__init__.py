"""Clients in the hands of staff: the apps that sign people in, the programs that call us, and the keys that sign.

    list ──▶ one ──▶ edit ──▶ what it changes ──▶ saved        secret: two at a time, shown once, on no other page
                  └▶ check: the last failures, received against registered, and what to look at

Owns: how a registration is asked for and shown (`fields`, `showing`). Offers: `doors` (pages under /admin/clients,
/admin/registration and /admin/keys, the JSON API of scope `clients.manage`, commands) and `departures`. Refuses to
know: what may be registered and what it does.
It stands above `oidc` and `operators`, which do not know each other.
"""
