"""What is known of a sign-in, gathered for the flow: the session, its account, and what they are held to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session as DatabaseSession

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.accounts.service import Taken
from identity.accounts.states import Population, Status, may_sign_in
from identity.closures import service as closures
from identity.devices import service as devices
from identity.entitlements import service as entitlements
from identity.entitlements.service import Entitlement
from identity.login.flow import Demand, Standing
from identity.mfa import picker
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_1, ACR_2, ACR_PHR, strongest
from identity.mfa.picker import Method
from identity.policies import service as policies
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from identity.sessions.ticket import Ticket
from identity.terms import service as terms

_REACHES = {picker.PASSKEY: ACR_PHR, picker.EMAIL: ACR_1}  # with a password; every other method makes level 2


@dataclass(frozen=True)
class Person:
    """Whose sign-in it is: the account, for whom they work now, and whether they have a second factor."""

    account: Account | Taken
    held: Sequence[Entitlement]
    enrolled: bool


def person_of(session: DatabaseSession, account: Account | Taken, now: datetime) -> Person:
    """Return what is known of the account's person at `now`."""
    return Person(account, entitlements.active(session, account.id, now), mfa.enrolled(session, account.id))


def standing(
    session: DatabaseSession, present: SessionView | None, demand: Demand, now: datetime, known: Person | None = None
) -> Standing | None:
    """Return what is known of the sign-in, or None while nobody (or nobody who may) is signed in.

    This runs at every sign-in: what no rule of the flow asks in the face of the demand is not read, nor what is `known`
    from the transaction that has just opened the session.
    """
    account = _account(session, present, known)
    if present is None or account is None or not may_sign_in(Status(account.status)):
        return None
    person = known or person_of(session, account, now)
    held, enrolled = person.held, person.enrolled
    working_for = entitlements.chosen(held, present.organization_id)
    staff = account.population == Population.STAFF.value
    methods = mfa.methods(session, account.id) if enrolled else []
    return Standing(
        amr=present.amr,
        acr=present.acr,
        auth_time=present.auth_time,
        needs_two=staff,
        manages=entitlements.manages(held),
        enrolled=enrolled,
        reachable=reachable(methods),
        remembered=enrolled and devices.is_remembered(session, account.id, present.device_id, now),
        owes_proof=present.owes == sessions.VERIFY,
        owes_password=present.owes == sessions.RENEW,
        must_choose=len(held) > 1 and working_for is None,
        organization_acr=_asked_by(session, working_for) if demand.organization else None,
        terms_due=not demand.own and terms.due(session, account.id, account.population, now) is not None,
        nudge_due=picker.nudge_due(methods, account.nudged_at, now),
        website_closed=not staff and closures.website(session, now) is not None,
    )


def demand_of(ticket: Ticket | None) -> Demand:
    """Return what the ticket demands; without one the person came by themselves. Apps have a name, our pages none."""
    if ticket is None:
        return Demand(own=True, direct=True)
    own = ticket.client_name is None
    return Demand(ticket.required_acr, ticket.not_before, own=own, organization=ticket.organization)


def reachable(methods: list[Method]) -> str:
    """Return the strongest level to which a password and one of the methods lead."""
    return strongest(*(_REACHES.get(method.kind, ACR_2) for method in methods if method.usable))


def _account(session: DatabaseSession, present: SessionView | None, known: Person | None) -> Account | Taken | None:
    if known is not None:
        return known.account
    return accounts.get(session, present.account_id) if present else None


def _asked_by(session: DatabaseSession, working_for: Entitlement | None) -> str | None:
    """The least level that the organization accepts (B5)."""
    return policies.organization(session, str(working_for.organization["id"])).minimum_acr if working_for else None
