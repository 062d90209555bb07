"""Terms of use: what people agree to before they use the functions.

Owns: versions of the text in each language, and who accepted which. Offers: `service` (due, accept, publish, versions).
Refuses to know: sign-in, tokens and functions; those ask `due` and lead the person to the page.
"""
