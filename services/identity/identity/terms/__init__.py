"""Terms of use: what people agree to before they use the functions.

Owns: versions of the text in each language, who accepted which, and telling others of both. Offers: `service` (due,
accept, publish, versions), `telling.catch_up`. Refuses to know: sign-in, tokens and functions; those ask `due` and lead
the person to the page.
"""
