"""Where others meet memberships. Owns: what a manager must have proved to look and to act, the API of organizations and
members, and what is heard of closed accounts. Offers: `manager_page`, `manager_act`, `manager_call`, a blueprint.
Refuses to know: what may be changed.
"""
