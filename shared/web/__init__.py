"""What every HTTP door shares: the page shell, the one exit for errors, request ids, sign-in of pages.

Owns: everything between gunicorn and a view. Offers: `door`, `signin`, `api`, `shell`. Refuses to know: what a view
does.
"""
