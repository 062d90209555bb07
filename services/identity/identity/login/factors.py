"""What happens at the steps of second factors: ways are offered, codes are sent and proved, a factor is bound."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.codes import service as codes
from identity.codes.service import Sent, Wait
from identity.contacts.service import Contact
from identity.devices import service as devices
from identity.devices.browser import Browser
from identity.login import service
from identity.login.flow import FRESH_FOR_ENROLMENT, Demand, Standing, required_acr
from identity.mfa import binding, picker
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_2, ACR_PHR, acr, joined, satisfies, strongest
from identity.mfa.picker import SMS, Method
from identity.sessions.service import SessionView
from shared.service import Work


@dataclass(frozen=True)
class Ways:
    """What a person may prove themself with now, strongest first, and the one whose page is shown."""

    offered: list[Method]
    chosen: Method


def ways(
    session: Session, present: SessionView, standing: Standing, demand: Demand, wanted: str | None, now: datetime
) -> Ways | None:
    """Return the ways that lead on from here; `wanted` is the id of the one asked for. None where there are none."""
    needed = level(standing, demand)
    offered = picker.offered(
        mfa.methods(session, present.account_id),
        mfa.kinds_for(session, present.account_id, now),
        weak_too=standing.owes_proof and satisfies(standing.acr, needed),
        strongest_only=needed == ACR_PHR,
    )
    chosen = next((method for method in offered if method.id == wanted), offered[0] if offered else None)
    return Ways(offered, chosen) if chosen else None


def level(standing: Standing, demand: Demand) -> str:
    """Return the level that this sign-in must reach before it goes on."""
    organization = standing.organization_acr if demand.organization else None
    return strongest(required_acr(standing, demand), organization)


def send(work: Work, present: SessionView, method: Method) -> Sent | Wait | None:
    """Send a code for this way, good for this session only; None where it has nowhere to go any more."""
    contact = mfa.contact_of(work.session, present.account_id, method)
    return codes.send(work, purpose=mfa.PURPOSE, bound_to=present.id, contact=contact) if contact else None


def prove(work: Work, present: SessionView, kind: str, typed: str, browser: Browser, *, remember: bool) -> str | None:
    """Add the factor to the session; return the cookie's new secret, or None for a code that is not accepted."""
    added = mfa.prove(work, present.account_id, kind, typed, bound_to=present.id)
    if added is None:
        return None
    strong = satisfies(acr(joined(present.amr, added)), ACR_2)  # a code by e-mail spares nobody the second factor
    if remember and strong and present.device_id is not None:
        devices.remember(work, present.account_id, present.device_id)
    return service.add_proof(work, present, added, browser)


def may_bind(work: Work, present: SessionView) -> bool:
    """Return whether this session may bind a factor: signed in lately, by a factor where there is one (threat 32)."""
    accounts.hold(work, present.account_id)  # two first factors at once would each find none
    if work.now - present.auth_time > FRESH_FOR_ENROLMENT:
        return False
    return satisfies(present.acr, ACR_2) or not mfa.enrolled(work.session, present.account_id)


def bind_app(work: Work, present: SessionView, secret: str, code: str, browser: Browser) -> str | None:
    """Bind the offered app by its first code, which also counts as the second factor now; None for a wrong code."""
    if not may_bind(work, present) or not binding.bind_app(work, present.account_id, secret, code):
        return None
    return service.add_proof(work, present, ("otp",), browser)


def phones(session: Session, account_id: str, now: datetime) -> list[Contact]:
    """Return the numbers that may become a factor now."""
    return mfa.bindable(session, account_id, SMS, now)


def send_binding(work: Work, present: SessionView, contact_id: str) -> Sent | Wait | None:
    """Send the code that shows that the phone is at hand; None for a number that may not become a factor."""
    return mfa.send_binding(work, present.account_id, SMS, contact_id, bound_to=present.id)


def bind_phone(work: Work, present: SessionView, code: str, browser: Browser) -> str | None:
    """Bind the phone to which the code was sent; None for a code that is not accepted."""
    if not may_bind(work, present):
        return None
    added = mfa.bind_sent(work, present.account_id, SMS, code, bound_to=present.id)
    return service.add_proof(work, present, added, browser) if added else None
