"""Consent: an app of somebody else asks the person before it learns anything (ASVS 10.7.1).

    /oauth/authorize ──▶ (consent is missing) ──▶ /oauth/consent?the same request ── allow ──▶ /oauth/authorize ──▶ app
                                                                                  └─ do not ──▶ app: access_denied

Owns: the page. Offers: `pages.consent`. Refuses to know: when consent is needed (a rule of `checks`) and what was
allowed before (`apps.consents`).
"""
