"""Signing out at an app's request (RP-Initiated Logout 1.0).

Owns: when the session may end without asking, and where the browser may go afterwards. Offers: `pages.logout`. Refuses
to know: what a session is; `sessions` ends it.
"""
