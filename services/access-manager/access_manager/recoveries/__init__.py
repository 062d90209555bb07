"""Recoveries: an access manager lets a member be helped back in.

Owns: the page that asks first, and the call to identity. Offers: `pages`, `routes`. Refuses to know: any
secret, any address but what a manager sees anyway, and how somebody proves who they are.
"""
