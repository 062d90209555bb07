"""What everybody may see of their own access: what they hold, what they lack, and who decides about it.

Owns: the page at `/manage/mine`, and the form to those who decide. Offers: `pages`, `routes`. Refuses to know: how
access is given.
"""
