"""Many people at once: a pasted list or a file, looked at first, then done, and undone within a day.

Owns: how lists are read, what each row would do, the batch with its results. Offers: check, commit, undo, pages, API,
commands. Refuses to know: the rules of invitations and memberships; it asks those rooms row by row.
"""
