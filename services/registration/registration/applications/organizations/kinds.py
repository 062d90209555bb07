"""What each kind of organization may ask for. Pure.

A practice or a facility gives care, and may hold whatever the catalogue has. A billing company and a vendor work for
others: by themselves they hold only what handles other people's claims, and nothing that is sensitive. What a practice
wants them to do beyond that, the practice connects them to (domain.md §3, third party).
"""

from collections.abc import Iterable, Mapping

from registration.applications.answers import IdentityType, OrganizationKind

CARE = frozenset({OrganizationKind.PRACTICE, OrganizationKind.FACILITY})
_CATEGORIES: Mapping[OrganizationKind, frozenset[str]] = {
    OrganizationKind.BILLING_COMPANY: frozenset({"Patients", "Claims", "Payments"}),
    OrganizationKind.VENDOR: frozenset({"Patients", "Claims"}),
}


def open_to(identity: IdentityType) -> tuple[OrganizationKind, ...]:
    """The kinds a person can ask for: who treats patients does so at a practice or a facility."""
    everything = tuple(OrganizationKind)
    if identity is IdentityType.REPRESENTATIVE:
        return everything
    return tuple(kind for kind in everything if kind in CARE)


def beyond(identity: IdentityType, kinds: Iterable[str]) -> bool:
    """Whether somebody of this identity asks for an organization that is not open to them."""
    return not set(kinds) <= set(open_to(identity))


def may_hold(kind: OrganizationKind, *, category: str, sensitive: bool) -> bool:
    """Whether an organization of a kind may hold a function of a category of access-manager's catalogue."""
    return kind in CARE or (category in _CATEGORIES[kind] and not sensitive)
