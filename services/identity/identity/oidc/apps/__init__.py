"""The apps a person is signed in to, and what they allow them.

Owns: which apps hold what of a person, consent to apps of others, taking both back, and the word of an app that its
person is at work. Offers: the page `/account/apps`, `consents`, `sentences`, the API of sessions in use. Refuses to
know: how an app is registered, how a grant began, how consent is asked for.
"""
