"""Policies: what the operator decides about signing in, and why where it departs from the default.

Owns: the values of the suite, the values of organizations, each departure with its justification, who and when.
Offers: `rules` and `bounds` (pure), `service` (current, organization, set_policy, set_organization, deviations).
Refuses to know: what a policy does; the rooms above read it and act. No policy ever raises a level of assurance.
"""
