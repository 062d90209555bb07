"""The apps a person is signed in to.

Owns: which apps hold what of a person, taking it back, and the word of an app that its person is at work. Offers: the
page `/account/apps`, the API of sessions in use. Refuses to know: how an app is registered, how a grant began.
"""
