"""Deputies: a manager names a member to act on their behalf for a period and a scope (G9).

Owns: naming and ending them, the mails about it, their page. Offers: `/manage/deputies`, the API and the command line
of it. Refuses to know: what a deputy then does; `memberships.authority` answers for them where managers are asked for.
"""
