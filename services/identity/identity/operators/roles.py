"""Who of the payer's staff may do what. Pure."""

from enum import StrEnum


class Role(StrEnum):
    """The role of a staff account."""

    OPERATOR = "operator"
    DESK = "desk"
    AUDITOR = "auditor"


class Area(StrEnum):
    """What a page is about; each role holds some."""

    HOME = "home"
    ACCOUNTS = "accounts"
    READ_POLICIES = "read_policies"
    POLICIES = "policies"
    TERMS = "terms"
    AUDIT = "audit"
    READ_CLIENTS = "read_clients"
    CLIENTS = "clients"


_HOLDS: dict[str, frozenset[Area]] = {
    Role.OPERATOR: frozenset(Area),
    Role.DESK: frozenset({Area.HOME, Area.ACCOUNTS}),
    Role.AUDITOR: frozenset({Area.HOME, Area.AUDIT, Area.READ_POLICIES, Area.READ_CLIENTS}),
}


def may(role: str | None, area: Area) -> bool:
    """Return whether the role holds the area; an unknown role holds nothing."""
    return area in _HOLDS.get(role or "", frozenset())
