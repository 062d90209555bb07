"""Levels of assurance, weakest first (OIDC Core §2, `acr`)."""

ACR_PASSWORD = "urn:gatehouse:acr:1"  # noqa: S105 - a name, not a secret
ACR_TWO_FACTORS = "urn:gatehouse:acr:2"
ACR_PHISHING_RESISTANT = "phr"
_ORDER = (ACR_PASSWORD, ACR_TWO_FACTORS, ACR_PHISHING_RESISTANT)


def satisfies(acr: str, demanded: str) -> bool:
    """Return whether a sign-in at `acr` is at least as strong as `demanded`; unknown levels satisfy nothing."""
    return acr in _ORDER and demanded in _ORDER and _ORDER.index(acr) >= _ORDER.index(demanded)
