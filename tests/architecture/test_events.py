"""Every event is agreed, sent by its owner and heard by somebody, or meant for those outside, with the reason."""

import ast
from collections.abc import Iterator

import pytest

from deploy.docs.house import from_root, python_files, service, services, tree_of
from shared.contracts import CONTRACTS, EventContract, Payload

# Nobody inside the suite listens; these leave through the broker for whoever the operator connects.
FOR_OUTSIDE = {
    "access.requested": "portals that show a person what they asked for; who decides reads it in the same service",
    "emergency.started": "the payer watches who takes up access that was not given for good",
    "emergency.ended": "the payer watches who takes up access that was not given for good",
    "risk.detected": "security monitoring of the operator watches unusual sign-ins",
    "application.expired": "the operator's reports of people who began and never came back",
    "vetting.required": "the desk's own worklists and pagers; the case itself lives in registration",
    "vetting.overdue": "the desk's own worklists and pagers; the case itself lives in registration",
    "review.opened": "the operator's reports of who reviews their access; the review itself lives here",
    "review.closed": "the operator's reports and archives, with the checksum of the evidence",
}


@pytest.fixture(scope="module")
def heard() -> dict[str, set[str]]:
    """Type to the services that subscribe to it."""
    return {
        name: {one.name for one in services() if any(line.type == name for line in one.subscriptions)}
        for name in CONTRACTS
    }


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.type)
class TestEveryContract:
    """One event type."""

    def test_has_a_shape_and_a_sender(self, contract: EventContract) -> None:
        """A payload with fields, and a service that exists."""
        assert issubclass(contract.schema, Payload)
        assert contract.schema().fields
        assert contract.sender in {one.name for one in services()}

    def test_is_heard_by_those_it_names(self, contract: EventContract, heard: dict[str, set[str]]) -> None:
        """The queues that exist before the first event are those of the services that listen, no more, no fewer."""
        assert set(contract.listeners) == heard[contract.type]

    def test_is_heard_by_somebody_or_says_for_whom_it_is(
        self, contract: EventContract, heard: dict[str, set[str]]
    ) -> None:
        """The list of events for outside holds a reason for each, and no event that is heard inside."""
        assert bool(heard[contract.type]) != (contract.type in FOR_OUTSIDE)

    def test_is_told_by_its_sender(self, contract: EventContract) -> None:
        """The type stands as a literal in the code of its sender: an event that nobody sends is a promise unkept."""
        files = python_files(f"services/{contract.sender}")
        assert any(contract.type in words(tree_of(file)) for file in files)


def test_nothing_is_kept_for_outside_that_does_not_exist() -> None:
    """A contract that goes takes its reason with it."""
    assert set(FOR_OUTSIDE) <= set(CONTRACTS)


def test_every_subscription_is_to_an_agreed_event(package: str) -> None:
    """Type and sender are those of a contract, and no type has two handlers in one service."""
    lines = service(package).subscriptions
    agreed = {(contract.type, contract.sender) for contract in CONTRACTS.values()}
    assert {(line.type, line.sender) for line in lines} <= agreed
    assert len({line.type for line in lines}) == len(lines)


def test_services_tell_only_their_own_facts(package: str) -> None:
    """No `publish` names another service's event, or one that nobody agreed on."""
    own = {contract.type for contract in CONTRACTS.values() if contract.sender == service(package).name}
    foreign = []
    for file in python_files(f"services/{service(package).name}"):
        named = {text for call in publications(tree_of(file)) for text in words(call.args[0])}
        foreign += [f"{from_root(file)}: {text}" for text in sorted(named - own)]
    assert foreign == []


def publications(tree: ast.AST) -> Iterator[ast.Call]:
    """Every `work.publish(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish":
            yield node


def words(tree: ast.AST) -> set[str]:
    """Every literal text."""
    found = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {value for value in found if isinstance(value, str)}
