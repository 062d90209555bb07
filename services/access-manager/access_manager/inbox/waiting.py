"""What the inbox shows of a request, whichever kind it is, pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from access_manager.rules.holding import may_hold
from access_manager.rules.managers import may_decide
from access_manager.rules.refusals import REFUSALS, Refusal

# Anybody can have an address there, so that the same one says nothing about where somebody works.
_FOR_EVERYBODY = frozenset(
    (
        "aol.com",
        "att.net",
        "comcast.net",
        "gmail.com",
        "gmx.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "sbcglobal.net",
        "verizon.net",
        "yahoo.com",
        "yahoo.es",
    )
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request. `joins`: the person is not inside yet. `due_at`: when the support desk decides too.

    `same_domain`: whether the address has the domain of one of the managers'; None where that says nothing.
    """

    id: str
    version: int
    joins: bool
    account_id: str
    name: str
    email: str
    functions: Sequence[str]
    asked_at: datetime
    due_at: datetime | None
    same_domain: bool | None
    refusal: Refusal | None

    @property
    def address(self) -> str:
        """Its page."""
        return f"/manage/requests/{self.id}" if self.joins else f"/manage/requests/more/{self.id}"

    @property
    def own(self) -> bool:
        """Whether it is the manager's own request, which nobody decides for themself."""
        return self.refusal is not None and self.refusal is may_decide(self.account_id, self.account_id)

    @property
    def mark(self) -> str:
        """What a form says of it: which request, and which version of it was looked at."""
        return f"{self.id}.{self.version}"

    @property
    def why_not(self) -> str | None:
        """Why it cannot be approved as asked, as a key of the translations; None where it can."""
        return REFUSALS[self.refusal][1] if self.refusal else None


def same_domain(email: str, managers: Iterable[str]) -> bool | None:
    """Compare the domain of an address with those of the managers; None for an address that anybody can have."""
    domain = _domain(email)
    if not domain or domain in _FOR_EVERYBODY:
        return None
    return domain in {_domain(each) for each in managers}


def why_not(me: str, account_id: str, functions: Collection[str], *, kind: str, contracted: bool) -> Refusal | None:
    """Return why this manager cannot approve as asked, or None; asked again under the lock when it is approved."""
    return may_decide(me, account_id) or may_hold(functions, kind=kind, contracted=contracted)


def _domain(email: str) -> str:
    return email.partition("@")[2].strip().lower()
