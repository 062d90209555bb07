"""People for the local run and for tests: the same use cases as behind the pages, without anybody typing.

Nothing here runs unless somebody calls it; no account exists by default in production.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from identity.accounts import service as accounts
from identity.accounts.service import NewAccount
from identity.accounts.states import Population, Status
from identity.activation import service as activation
from identity.contacts import service as contacts
from identity.mfa import binding
from identity.passwords import policy
from identity.passwords.blocklist import Blocklist
from identity.passwords.hasher import Hasher
from shared.service import SYSTEM, Context

_OPENED_BY = "demo"


@dataclass(frozen=True)
class Someone:
    """One person to seed. `active` skips the wait for a first membership; staff are always active."""

    user_id: str
    password: str
    display_name: str
    email: str
    mobile: str | None = None
    population: str = "provider"
    totp_secret: str | None = None
    staff_role: str | None = None
    active: bool = False
    language: str = "en"


def seed(context: Context, people: Sequence[Someone]) -> dict[str, str]:
    """Give every person an account; return user ID → account id. People who are there already are left alone."""
    return {someone.user_id: _one(context, someone) for someone in people}


def _one(context: Context, someone: Someone) -> str:
    with context.reading() as session:
        known = accounts.find_by_user_id(session, someone.user_id)
    if known is not None:
        return known.id
    if policy.fault(someone.password, least=policy.ALONE, blocked=context.part(Blocklist)) is not None:
        raise ValueError(f"the demo password of {someone.user_id} is none that a person could choose")
    return _open(context, someone, context.part(Hasher).hash(someone.password))


def _open(context: Context, someone: Someone, hashed: str) -> str:
    new = NewAccount(
        display_name=someone.display_name,
        email=someone.email,
        mobile=someone.mobile,
        population=Population(someone.population),
        language=someone.language,
        reference=f"demo-{someone.user_id}",
        staff_role=someone.staff_role,
    )
    with context.transaction(SYSTEM) as work:
        account, _new = accounts.open_account(work, new, _OPENED_BY)
        contacts.record_opening(work, account)
        url = activation.invite(work, account, f"{context.settings.public_url}/account")
        work.session.flush()
        invitation = activation.find(work.session, url.partition("token=")[2], work.now)
        taken = activation.activate(work, invitation, someone.user_id, hashed) if invitation else None
        if taken is None:
            raise ValueError(f"{someone.user_id} cannot be seeded: its account was opened before and not taken")
        if someone.totp_secret is not None:
            binding.bind_app(work, account.id, someone.totp_secret, None)
        if someone.active and taken.status == Status.PENDING.value:
            accounts.activate(work, account.id, "demo")
        return account.id
