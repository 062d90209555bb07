"""What happens at activation: a link is given, looked at, and used once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.accounts.states import Population, Status, after_activation
from identity.activation.models import ActivationLink, use
from identity.entitlements import service as entitlements
from identity.passwords import service as passwords
from identity.settings import IdentitySettings
from shared.crypto import sha256
from shared.db import claimed
from shared.service import Context, Work

_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Invitation:
    """What a link leads to. `open`: it can still be used; otherwise it was used or is too old."""

    link_id: str
    account: Account
    return_url: str
    open: bool
    used: bool


def invite(work: Work, account: Account, return_url: str) -> str:
    """Return a new one-time link; earlier ones keep working, until the account has been taken by any of them.

    The address is made from the configured origin, never from what a request says its host is (threat 33).
    """
    secret = work.ids.token()
    days = work.context.settings_as(IdentitySettings).activation_days
    link = ActivationLink(
        id=work.ids.new("act"),
        secret_hash=sha256(secret),
        account_id=account.id,
        return_url=return_url,
        created_at=work.now,
        expires_at=work.now + timedelta(days=days),
    )
    work.session.add(link)
    return f"{work.context.settings.public_url}/account/activate?token={secret}"


def stays_here(return_url: str, public_url: str) -> bool:
    """Return whether an address is on our own origin: the only places to which activation returns (threat 25)."""
    try:
        there, ours = urlsplit(return_url), urlsplit(public_url)
    except ValueError:
        return False
    plain = return_url.isascii() and return_url.isprintable() and "\\" not in return_url
    return plain and (there.scheme, there.netloc) == (ours.scheme, ours.netloc) and there.path.startswith("/")


def find(session: Session, secret: str, now: datetime) -> Invitation | None:
    """Return what the link leads to, or None where no link has this secret. Changes nothing (mail scanners look)."""
    link = session.scalars(select(ActivationLink).where(ActivationLink.secret_hash == sha256(secret))).one_or_none()
    account = accounts.get(session, link.account_id) if link else None
    if link is None or account is None:
        return None
    used = account.status != Status.INVITED.value or link.used_at is not None
    return Invitation(link.id, account, link.return_url, link.expires_at > now and not used, used)


def activate(work: Work, invitation: Invitation, user_id: str, hashed_password: str) -> Account | None:
    """Use the link: the account gets its user ID, its password and its next state. None when a rival was first.

    Raises sqlalchemy's IntegrityError when somebody took a user ID like it in the same instant.
    """
    if not claimed(work.session.execute(use(invitation.link_id, work.now))):
        return None
    account_id = invitation.account.id
    accounts.hold(work, account_id)  # a first membership that arrives now waits, or has been written already
    accepted = entitlements.accepted(work.session, account_id, work.now)
    status = after_activation(Population(invitation.account.population), has_membership=accepted)
    account = accounts.name_account(work, account_id, user_id, status)
    if account is not None:
        passwords.set_password(work, account_id, hashed_password)
    return account


def forget_old_links(context: Context) -> int:
    """Job: remove links that have been over for a month."""
    with context.transaction() as work:
        old = delete(ActivationLink).where(ActivationLink.expires_at < work.now - _KEPT)
        return len(work.session.scalars(old.returning(ActivationLink.id)).all())
