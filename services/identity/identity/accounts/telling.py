"""What is told of an account: its events, with the audit entry and the letter that belong to them."""

from datetime import datetime

from identity.accounts import letters
from identity.accounts.models import Account
from identity.accounts.states import Status, told
from shared.service import Work


def opened(work: Work, account: Account) -> None:
    """Say that a person has taken their account, to listeners and to the person."""
    data = {
        "account_id": account.id,
        "reference": account.reference,
        "population": account.population,
        "status": account.status,
    }
    work.publish("account.opened", subject=account.id, sequence=account.version, data=data)
    subject, text = letters.opened(account.language, account.display_name, account.user_id or "")
    work.mail(account.email, subject, text, key=f"opened:{account.id}")
    work.audit("account.opened", target=account.id, after={"status": account.status})


def standing(work: Work, account: Account, kind: str, reason: str, until: datetime | None = None) -> None:
    """Publish how the account stands now; `until` is set while it only rests.

    The operator's own words stay here: listeners get the kind of reason, for it may reach a screen.
    """
    data = {
        "account_id": account.id,
        "population": account.population,
        "status": "locked" if until is not None else told(Status(account.status)),
        "reason": reason,
        "locked_until": until,
    }
    work.publish(kind, subject=account.id, sequence=account.version, data=data)
