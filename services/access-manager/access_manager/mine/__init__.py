"""What everybody may see of their own access: what they hold, what they lack, and who decides about it.

Owns: the page at `/manage/mine`. Offers: `pages`. Refuses to know: how access is given.
"""
