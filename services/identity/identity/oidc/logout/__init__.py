"""Signing out: at an app's request (RP-Initiated Logout 1.0), and in every app (Back-Channel Logout 1.0).

Owns: when the session may end without asking, where the browser may go afterwards, and what apps are told of an ended
session (`deliveries`). Offers: `pages.logout`, `pages.confirmed`. Refuses to know: what a session is; `sessions` ends
it.
"""
