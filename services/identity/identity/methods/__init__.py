"""How somebody signs in, as they change it themselves: /account/methods.

Owns: the pages that list, add, name and remove ways of signing in. Offers: blueprints. Refuses to know: how a method is
proved (`mfa`, `passwords`) and which step a sign-in is at (`login`).
"""
