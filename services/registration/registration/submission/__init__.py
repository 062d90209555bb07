"""Submission: from "check your answers" to a decision.

Owns: handing the draft to identity, the one use case `submit` that return page and event share, the
routing rule, what decisions of others do to an application, the status page. Offers: submit, withdraw.
Refuses to know: how managers decide (access-manager) and how the desk vets (vetting).
"""
