"""Accounts in the hands of staff. Owns: which act fits which role and state (`acts`). Offers: pages, API, commands.
Refuses to know: how an account is held, closed or recovered.
"""
