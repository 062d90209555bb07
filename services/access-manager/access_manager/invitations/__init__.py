"""Invitations: an access manager names a person by their address, and the person takes the access themself.

Owns: invitations, their links, and how each stands. Offers: invite, find, list, mail again, take back; `joining`, where
the invited person says yes. Refuses to know: passwords, user IDs, and who else has an account.
"""
