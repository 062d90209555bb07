"""Failures: what went wrong lately for each client, and what every code of ours means.

    Refused ──▶ noting (which client, what was received) ──▶ recorder (a few a minute) ──▶ one row per client and code
                                                                                              │
    the operator's self-check page ◀── comparing (received against what is registered) ◀──────┘

Owns: the record of failures, the public dictionary of errors. Offers: `noting`, `recorder`, `comparing`, `dictionary`.
Refuses to know: secrets, codes and tokens (only the parameters that `noting` names are kept), and who may read it.
"""
