"""The scopes that speak of a person, and what a scope parameter may ask for. Pure (RFC 6749 §3.3, OIDC Core §5.4)."""

from collections.abc import Iterable

OPENID = "openid"
PROFILE = "profile"
EMAIL = "email"
PHONE = "phone"
ORGANIZATION = "organization"
FUNCTIONS = "functions"
POPULATION = "population"

TIN = "tin"

PERSONAL = (OPENID, PROFILE, EMAIL, PHONE, ORGANIZATION, FUNCTIONS, POPULATION)
# What is never given by default: only to a client that says what it needs it for.
OF_PEOPLE = (*PERSONAL, TIN)
# A client with this scope in its registration may ask about any token of ours, not only about its own.
INTROSPECT = "tokens.introspect"
# A program with this scope may read the TIN of any organization (registration).
TIN_READ = "tins.read"
# A program with these scopes sets up what it hears of people (shared signals), or looks at it and fetches it.
SIGNALS_MANAGE = "ssf.manage"
SIGNALS_READ = "ssf.read"

# Scopes that need to know for which organization the person works now.
OF_AN_ORGANIZATION = frozenset({ORGANIZATION, FUNCTIONS, TIN})


def split(text: str | None) -> tuple[str, ...]:
    """Return the scopes of a parameter, each once, in the order given."""
    return tuple(dict.fromkeys((text or "").split(" "))) if text else ()


def refused(asked: Iterable[str], registered: Iterable[str]) -> list[str]:
    """Return the scopes we know and this client may not have; what nobody knows is ignored (OIDC Core §3.1.2.1)."""
    mine = set(registered)
    return [scope for scope in asked if scope in OF_PEOPLE and scope not in mine]


def granted(asked: Iterable[str], registered: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes of a sign-in: asked for and registered."""
    mine = set(registered)
    return tuple(scope for scope in asked if scope in mine)


def of_programs(registered: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes that a client may have for itself, without a person."""
    return tuple(scope for scope in registered if scope not in OF_PEOPLE)
