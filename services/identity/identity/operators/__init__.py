"""Operators: what the payer's own staff see and do about accounts, policies and the audit, under /admin.

Owns: who of the staff may do what (`roles`), the pages, the JSON API (`accounts.manage`, `policies.manage`,
`audit.read`) and the command line of these acts. Offers: blueprints and commands. Refuses to know: how anything is
done; it asks the rooms below, and a recovery is started through a function that `app` hands in. No page here shows or
sets a secret (ASVS 6.4.6).
"""
