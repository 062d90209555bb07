"""What the neighbours tell registration about an application, and where it stands then."""

from registration.directory.imports import Row
from tests.service.registration.house import House, Visitor

TIN, EMAIL = "12-3456789", "casey@practice.example"


def managed(house: House, count: int = 2, sequence: int = 3) -> None:
    """The practice of the TIN has so many managers, says access-manager."""
    house.directory(Row("123456789", "Harbor Family Practice", "(202) 555-0111", True, True, organization_id="org_1"))
    managers_are(house, count, sequence)


def managers_are(house: House, count: int, sequence: int, organization_id: str = "org_1") -> bytes:
    """Access-manager tells a new count of managers; return the news as it travelled."""
    managers = [f"acc_m{n}" for n in range(count)]
    facts = {"organization_id": organization_id, "managers": managers, "count": count}
    return house.hear("access-manager", "manager.changed", organization_id, sequence, **facts)


def submitted(house: House) -> tuple[str, str]:
    """An application that is in: its id and its account."""
    application_id = house.submit(house.apply())
    return application_id, house.street.account_of(application_id)


def at_status(house: House, account_id: str) -> Visitor:
    """The applicant, signed in, on the status page."""
    person = house.visitor()
    house.sign_in(account_id, "Casey Coordinator")
    person.open("/register/status")
    return person


def decided(
    house: House,
    application_id: str,
    account_id: str,
    outcome: str = "approved",
    reason: str | None = "Casey left us in May.",
    organization_id: str = "org_1",
) -> bytes:
    """Access-manager tells that a manager decided; return the news as it travelled."""
    return house.hear(
        "access-manager",
        "approval.decided",
        "apr_1",
        2,
        approval_id="apr_1",
        application_id=application_id,
        account_id=account_id,
        organization_id=organization_id,
        outcome=outcome,
        functions=[] if outcome == "denied" else ["claims.status.view"],
        reason=reason if outcome == "denied" else None,
        decided_at=house.clock.now(),
    )


def required(house: House, application_id: str, account_id: str) -> bytes:
    """Access-manager tells that the managers were asked; return the news as it travelled."""
    return house.hear(
        "access-manager",
        "approval.required",
        "apr_1",
        1,
        approval_id="apr_1",
        application_id=application_id,
        organization_id="org_1",
        account_id=account_id,
        functions=["claims.submit"],
        due_at=house.clock.now(),
    )


def opened(house: House, application_id: str, account_id: str) -> bytes:
    """Identity tells that the account is open."""
    return house.hear(
        "identity",
        "account.opened",
        account_id,
        1,
        account_id=account_id,
        reference=application_id,
        population="provider",
        status="pending",
    )


def state(house: House) -> str:
    """Where the one application stands."""
    return str(house.rows("SELECT state FROM applications")[0].state)
