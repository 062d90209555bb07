"""Whether the website is closed for maintenance: while it is, nobody but staff signs in (domain §6).

Owns: one row for each calendar that stops sign-in, fed by events. Offers: `service.website`, `handlers`. Refuses to
know: opening hours of functions, which are `oidc.openings`', and what a page says.

    availability ── service.closed (maintenance) / service.opened ──▶ row ◀── asked at every sign-in
"""
