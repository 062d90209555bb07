"""Everything that staff may see of one account, read at one instant. Addresses are masked, secrets are not there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from identity.accounts.models import Account
from identity.codes import service as codes
from identity.codes.service import Delivery
from identity.contacts import service as contacts
from identity.contacts.service import Contact
from identity.devices import service as devices
from identity.devices.service import DeviceView
from identity.entitlements import service as entitlements
from identity.entitlements.service import Entitlement
from identity.mfa import service as mfa
from identity.mfa.picker import Method
from identity.operators.record.reading import Entry, Filters, entries
from identity.passwords import service as passwords
from identity.risk import service as risk
from identity.risk.service import SignInView
from identity.sessions import service as sessions
from identity.sessions.service import SessionView

# What the lists of sign-ins, sessions, devices and codes show already.
_SHOWN_ABOVE = frozenset(
    {"session.started", "session.settled", "session.ended", "sign_in.judged", "sign_in.refused", "sign_in.verified"}
    | {"device.added", "code.sent"}
)
_SIGN_INS, _DELIVERIES, _HISTORY = 10, 10, 20  # rows shown; the audit has all


@dataclass(frozen=True)
class Portrait:
    """What the page, the API and the command line show. Lists begin with the newest."""

    account: Account
    password_disabled: bool
    contacts: list[Contact]
    methods: list[Method]
    held_until: datetime | None
    sessions: list[SessionView]
    devices: list[DeviceView]
    sign_ins: list[SignInView]
    deliveries: list[Delivery]
    memberships: list[Entitlement]
    history: list[Entry]


def of_account(session: Session, account: Account, now: datetime) -> Portrait:
    """Return what is known of the account at `now`."""
    return Portrait(
        account=account,
        password_disabled=passwords.disabled(session, account.id),
        contacts=contacts.listing(session, account.id),
        methods=mfa.methods(session, account.id),
        held_until=mfa.held_until(session, account.id, now),
        sessions=sessions.listing(session, account.id, now),
        devices=devices.listing(session, account.id),
        sign_ins=risk.recent(session, account.id, _SIGN_INS),
        deliveries=codes.recent(session, account.id, _DELIVERIES),
        memberships=entitlements.active(session, account.id, now),
        history=entries(session, Filters(target=account.id, without=_SHOWN_ABOVE), limit=_HISTORY),
    )
