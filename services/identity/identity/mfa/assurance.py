"""How strongly somebody signed in: from the methods used (`amr`, RFC 8176) to a level (`acr`). Pure."""

from collections.abc import Iterable

ACR_1 = "urn:gatehouse:acr:1"  # a password
ACR_2 = "urn:gatehouse:acr:2"  # two different factors
ACR_PHR = "phr"  # phishing-resistant (OpenID EAP ACR values 1.0)

SUPPORTED = (ACR_1, ACR_2, ACR_PHR)

PASSWORD = "pwd"  # noqa: S105 - the RFC's word for the method, not a password
TOTP = "otp"
MULTIPLE = "mfa"

_STRENGTH = {ACR_1: 1, ACR_2: 2, ACR_PHR: 3}
_KNOWN = frozenset({"pwd", "pin"})  # something the person knows
_HELD = frozenset({"otp", "sms", "hwk", "swk"})  # something the person has
_PHISHING_RESISTANT = frozenset({"hwk", "swk"})


def acr(amr: Iterable[str]) -> str:
    """Return the level that the methods reach together; two methods of one kind are still one factor."""
    methods = frozenset(amr)
    if methods & _PHISHING_RESISTANT and (methods & _KNOWN or "user" in methods):
        return ACR_PHR
    if methods & _HELD and methods & _KNOWN:
        return ACR_2
    return ACR_1


def joined(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return every method once, in the order of first use, with `mfa` added when two factors came together."""
    methods = list(dict.fromkeys(method for group in groups for method in group if method != MULTIPLE))
    return (*methods, MULTIPLE) if satisfies(acr(methods), ACR_2) else tuple(methods)


def satisfies(reached: str, required: str | None) -> bool:
    """Return whether `reached` is at least `required`; an unknown requirement is never met."""
    if required is None:
        return True
    return _STRENGTH.get(reached, 0) >= _STRENGTH.get(required, len(_STRENGTH) + 1)


def strongest(*levels: str | None) -> str:
    """Return the strongest of the levels asked for; nothing asked is level 1.

    An unknown level counts as stronger than all: it must lead to a refusal, never be lost beside one that is met.
    """
    asked = [level for level in levels if level is not None]
    return max(asked, key=lambda level: _STRENGTH.get(level, len(_STRENGTH) + 1), default=ACR_1)
