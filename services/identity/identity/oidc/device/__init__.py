"""Devices without a keyboard (RFC 8628): a code on the screen, a person with a browser elsewhere.

Owns: the endpoint where a device begins, the pages where its person types the code and answers. Offers: `routes`,
`pages`. Refuses to know: how the device is given its tokens (`grants.device_code`), and how somebody signs in.

    device ── POST /oauth/device_authorization ──▶ device_code, user_code WDJB-MJHT
    person ── /oauth/device, signed in ── types WDJB-MJHT ──▶ /oauth/device/<id>: theirs alone from now on
           ── which app, what it learns: allow or not, a button each, nothing is ever answered by an address
    device ── POST /oauth/token, every 5 seconds ──▶ authorization_pending … tokens
"""
