"""Submission: from "check your answers" to a decision.

Owns: handing the draft to identity or to the account somebody has, the one use case `submit` that return page and event
share, the routing rule, what decisions and silence of others do to an application, the status page, applying again.
Offers: submit, withdraw, escalate, hand on. Refuses to know: how managers decide (access-manager) and how the desk vets
(vetting).
"""
