"""Risk: what is unusual about a sign-in, what follows from it, and who is told.

Owns: the signs and their sentences, the verdict, the history of sign-ins, the letter about a browser nobody knew and
the link in it. Offers: `assess` (pure), `reasons`, `service` (judge, record, recent), `alarms` (tell, doubt, disown).
Refuses to know: passwords, factors, sessions, and what a page does with a verdict.
"""
