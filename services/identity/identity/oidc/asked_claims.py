"""The parameter `claims`: single claims, levels and a person that a client asks for. Pure (OIDC Core §5.5).

What is given for them is said in `claims`; here the request is read, so that nothing of it is believed unread.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson

from identity.oidc.claims import ID_TOKEN, OPENED_BY, USERINFO


class BadClaims(ValueError):
    """The parameter `claims` is none; the message says what is wrong with it and repeats nothing of it."""


@dataclass(frozen=True)
class AskedClaims:
    """What the parameter `claims` asks for beyond scopes (OIDC Core §5.5).

    `id_token` and `userinfo` are names; `acr_values` the levels wished for, in order, or insisted on; `subject` the
    only person the answer may be about.
    """

    id_token: tuple[str, ...] = ()
    userinfo: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    acr_essential: bool = False
    subject: str | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes under which the same would be said."""
        return frozenset(OPENED_BY[name] for name in (*self.id_token, *self.userinfo))

    def kept(self) -> dict[str, list[str]] | None:
        """Return what a grant must remember of it; None where it is nothing."""
        found = {ID_TOKEN: list(self.id_token), USERINFO: list(self.userinfo)}
        return found if any(found.values()) else None


NOTHING_ASKED = AskedClaims()


def asked(text: str, registered: Collection[str]) -> AskedClaims:
    """Read the parameter; raises BadClaims. Claims that nobody knows, or not this client, are left out (§5.5.1)."""
    try:
        body = orjson.loads(text)
    except ValueError as error:
        raise BadClaims("it is not JSON") from error
    if not isinstance(body, dict):
        raise BadClaims("it is not an object")
    id_token, userinfo = _members(body, ID_TOKEN), _members(body, USERINFO)
    level = id_token.get("acr") or {}
    return AskedClaims(
        _open_to(id_token, registered),
        _open_to(userinfo, registered),
        _values(level),
        acr_essential=level.get("essential") is True and bool(_values(level)),
        subject=next(iter(_values(id_token.get("sub") or {})), None),
    )


def _members(body: Mapping[str, object], place: str) -> dict[str, dict[str, object] | None]:
    found = body.get(place)
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(one is None or isinstance(one, dict) for one in found.values()):
        raise BadClaims(f"{place} is not an object of claims, each null or an object")
    return found


def _open_to(members: Mapping[str, object], registered: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in members if OPENED_BY.get(name) in registered)


def _values(wanted: Mapping[str, object]) -> tuple[str, ...]:
    several = wanted.get("values", [])
    if not isinstance(several, list):
        raise BadClaims("values is not a list")
    found = [wanted["value"]] if wanted.get("value") is not None else several
    if not all(isinstance(one, str) for one in found):
        raise BadClaims("a value is not text")
    return tuple(str(one) for one in found)
