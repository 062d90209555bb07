"""Every contract by type: the one table that the outbox, the inbox and the generated docs read."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts import access_manager, availability, identity, registration
from shared.contracts.contract import EventContract


def by_type(*groups: tuple[EventContract, ...]) -> Mapping[str, EventContract]:
    """Return the contracts of all groups by type; raises ValueError where two share one."""
    found: dict[str, EventContract] = {}
    for contract in (contract for group in groups for contract in group):
        if contract.type in found:
            raise ValueError(f"{contract.type} is agreed twice")
        found[contract.type] = contract
    return MappingProxyType(found)


CONTRACTS: Mapping[str, EventContract] = by_type(
    access_manager.CONTRACTS, availability.CONTRACTS, identity.CONTRACTS, registration.CONTRACTS
)
