"""Devices: the browsers a person has signed in from, and the computers that many people share.

Owns: the device cookie and its row for each account, the mark of a shared computer, what a browser calls itself, where
its address is. Offers: `door` (the browser of this request, its cookies), `service` (find, seen, remember, forget,
listing), `computers` (whose session a shared computer held last). Refuses to know: passwords, sessions, whether
anything of this is suspicious. A device only ever lowers risk; it never stands in for a factor.
"""
