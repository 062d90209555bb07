"""Contracts: the shape of every event, one file per sending service.

Owns: each type's version, sender, listeners and payload. Offers: `CONTRACTS` (type to contract), `EventContract`,
`ContractError`, and the fields payloads are made of. Refuses to know: how events travel and what anybody does with
them. A payload can declare no name that smells of a secret; `shared.contracts.secrecy` decides which do.
"""

from shared.contracts.contract import ContractError, EventContract, Payload
from shared.contracts.registry import CONTRACTS

__all__ = ["CONTRACTS", "ContractError", "EventContract", "Payload"]
