"""Threats 39 and 41: news about a request that come from elsewhere, twice, late, or about nothing."""

import pytest

from tests.service.registration.desk_room import DeskAgent
from tests.service.registration.house import House
from tests.service.registration.news import at_status, decided, managed, required, submitted


def word_of(house: House, organization_id: str, application_id: str, account_id: str, outcome: str) -> None:
    """Managers of an organization decide about an application, says access-manager."""
    facts = {"approval_id": "apr_9", "application_id": application_id, "account_id": account_id}
    denied = outcome == "denied"
    told = {"functions": [] if denied else ["claims.submit"], "reason": "Not ours." if denied else None}
    whole = {**facts, **told, "organization_id": organization_id, "outcome": outcome, "decided_at": house.clock.now()}
    house.hear("access-manager", "approval.decided", "apr_9", 9, **whole)


def stands(house: House) -> list[str]:
    """Where applications and cases stand."""
    rows = house.rows("SELECT state FROM applications UNION ALL SELECT state FROM vetting_cases")
    return [str(row.state) for row in rows]


@pytest.mark.parametrize("outcome", ["approved", "approved_with_changes", "denied"])
def test_attack_39_another_organization_s_managers_decide_nothing(house: House, outcome: str) -> None:
    """Threats 35 and 39: only who was asked decides; their own word counts afterwards as if nothing had been."""
    managed(house)
    application_id, account_id = submitted(house)
    required(house, application_id, account_id)
    word_of(house, "org_other", application_id, account_id, outcome)
    assert stands(house) == ["awaiting_manager"]
    assert "application.denied" not in house.audited() and "application.approved" not in house.audited()
    decided(house, application_id, account_id)
    assert stands(house) == ["approved"]


def test_attack_39_nor_do_they_take_the_desk_s_case_away(house: House) -> None:
    """A case of silent managers stays open for the desk."""
    managed(house)
    application_id, account_id = submitted(house)
    managed(house, 0, 4)
    assert stands(house) == ["vetting", "open"]
    word_of(house, "org_other", application_id, account_id, "denied")
    assert stands(house) == ["vetting", "open"]
    assert DeskAgent(house, "acc_dana").listed() == [house.rows("SELECT id FROM vetting_cases")[0].id]


def test_attack_41_the_same_word_twice_and_late_is_one_decision(house: House) -> None:
    """Threat 41: bytes that come again, a denial after the approval, a question after the answer: one mail, one end."""
    managed(house)
    application_id, account_id = submitted(house)
    body = decided(house, application_id, account_id)
    house.hear_again("access-manager", "approval.decided", body)
    word_of(house, "org_1", application_id, account_id, "denied")
    required(house, application_id, account_id)
    assert stands(house) == ["approved"]
    told = [
        mail for mail in house.messages("casey@practice.example") if "was approved" in mail or "not approved" in mail
    ]
    assert len(told) == 1
    assert "Approved" in at_status(house, account_id).text


def test_attack_41_news_about_what_is_not_there_change_nothing(house: House) -> None:
    """Threat 41: an application nobody made, an organization nobody has."""
    word_of(house, "org_1", "app_none", "acc_none", "approved")
    managed(house, 3, 5)
    assert stands(house) == []
