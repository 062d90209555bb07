"""Pushed authorization requests (RFC 9126): the client hands in its request itself and sends the browser with a
reference only, so that nothing of it can be read or changed on the way.

    client ── POST /oauth/par, authenticated ──▶ who asks? what is asked?  ──▶ request_uri, 60 seconds to arrive
    browser ─ /oauth/authorize?client_id&request_uri ──▶ who is there? ──▶ (sign-in, consent: half an hour) ──▶ code
                                                                             └ used up with the answer, whatever it says

Owns: the requests that were pushed, until their end. Offers: `models.find`, `service` (push, arrive, use up), the
endpoint. Refuses to know: what a request may ask for (`order` knows).
"""
