"""What access-manager tells of a manager who stays away and comes back, and how the desk's cases about them stand."""

import pytest

from tests.service.registration.desk_room import DeskAgent
from tests.service.registration.house import House, Visitor
from tests.service.registration.news import managed
from tests.service.registration.workbench import agent

MEG = "acc_meg"
ANSWERED = {"outcome": "confirmed", "spoke_to": "Meg Manager", "evidence": ["manager_answers"]}
NAMED = {"outcome": "confirmed", "spoke_to": "Pat Owner, owner", "evidence": ["named_another"]}


def stays_away(house: House, sequence: int = 4, account: str = MEG, organization: str = "org_1") -> bytes:
    """Access-manager tells that the only manager has not signed in for a year."""
    facts = {"organization_id": organization, "account_id": account, "display_name": "Meg Manager"}
    times = {"last_seen_at": "2025-11-20T15:00:00Z", "noticed_at": house.clock.now()}
    return house.hear("access-manager", "manager.dormant", organization, sequence, **facts, **times)


def came_back(house: House, sequence: int = 5, organization: str = "org_1") -> bytes:
    """Access-manager tells that they have signed in again."""
    facts = {"organization_id": organization, "account_id": MEG, "seen_at": house.clock.now()}
    return house.hear("access-manager", "manager.returned", organization, sequence, **facts)


def managed_by(house: House, sequence: int, *managers: str) -> bytes:
    """Access-manager tells who manages the practice now."""
    facts = {"organization_id": "org_1", "managers": list(managers), "count": len(managers)}
    return house.hear("access-manager", "manager.changed", "org_1", sequence, **facts)


def states(house: House) -> list[str]:
    """How the cases about managers stand, the oldest first."""
    rows = house.rows("SELECT state FROM vetting_cases WHERE application_id IS NULL ORDER BY opened_at, id")
    return [str(row.state) for row in rows]


def at_case(house: House, case_id: str, name: str = "Dana Desk", language: str = "en") -> Visitor:
    """An agent before the case."""
    person = agent(house, name, language)
    person.open(f"/desk/cases/{case_id}")
    return person


@pytest.fixture
def dark(house: House) -> str:
    """The case of a practice in the directory whose only manager stays away."""
    managed(house, count=1)
    managed_by(house, 3, MEG)
    stays_away(house)
    return str(house.rows("SELECT id FROM vetting_cases")[0].id)


@pytest.fixture
def dana(house: House) -> DeskAgent:
    """One agent."""
    return DeskAgent(house, "acc_dana")
