"""Access manager. Owns: organizations, functions, memberships, approvals, decisions. Offers: the console `/manage`, the
AuthZEN decision point `/access/v1`, a JSON API. Refuses to know: how people sign in, TINs, calendars.
"""
