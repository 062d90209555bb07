"""Whom a subject identifier means (RFC 9493 §3.2, SSF 1.0 §3). Pure: nobody is looked up here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.signals.bodies import text, wrong

_LONGEST = 300
# Formats with the members that they must have; whoever is named in another way than the first three is nobody here.
_MEMBERS = {
    "iss_sub": ("iss", "sub"),
    "opaque": ("id",),
    "email": ("email",),
    "account": ("uri",),
    "did": ("url",),
    "uri": ("uri",),
    "phone_number": ("phone_number",),
    "jwt_id": ("iss", "jti"),
    "saml_assertion_id": ("issuer", "assertion_id"),
}
_MOST_ALIASES = 20


@dataclass(frozen=True)
class Named:
    """Somebody as a receiver names them: by account id, or by an address of theirs. Perhaps nobody has it."""

    account_id: str | None = None
    email: str | None = None


def named(subject: object, issuer: str) -> list[Named]:
    """Return whom a subject may mean, the first that somebody has counts; none where no format of it is known here.

    Of a complex subject its user counts: what is told is always about a person. Raises the 400 Problem for a subject
    that is none.
    """
    found = _checked(subject, "subject")
    if found["format"] == "complex":
        user = found.get("user")
        return _simple(_checked(user, "subject.user"), "subject.user", issuer) if user is not None else []
    if found["format"] == "aliases":
        return _any_of(found.get("identifiers"), issuer)
    return _simple(found, "subject", issuer)


def _any_of(identifiers: object, issuer: str) -> list[Named]:
    where = "subject.identifiers"
    if not isinstance(identifiers, list) or not 0 < len(identifiers) <= _MOST_ALIASES:
        raise wrong(where, f"list 1 to {_MOST_ALIASES} subjects")
    return [one for entry in identifiers for one in _simple(_checked(entry, where), where, issuer)]


def _checked(subject: object, where: str) -> Mapping[str, Any]:
    if not isinstance(subject, dict) or not isinstance(subject.get("format"), str):
        raise wrong(where, "use an object with a format (RFC 9493)")
    return subject


def _simple(subject: Mapping[str, Any], where: str, issuer: str) -> list[Named]:
    values = [_member(subject, where, name) for name in _MEMBERS.get(subject["format"], ())]
    if subject["format"] == "iss_sub":
        return [Named(account_id=values[1])] if values[0] == issuer else []
    if subject["format"] == "opaque":
        return [Named(account_id=values[0])]
    return [Named(email=values[0])] if subject["format"] == "email" else []


def _member(subject: Mapping[str, Any], where: str, name: str) -> str:
    label = f"{where}.{name}"
    value = text({label: subject.get(name)}, label, _LONGEST)
    if value is None:
        raise wrong(label, f"the format {subject['format']} needs it (RFC 9493)")
    return value
