"""What happens when somebody uses a passkey at sign-in: they enter, they prove more, or they add one."""

from typing import Any

from identity.accounts import service as accounts
from identity.devices.browser import Browser
from identity.login import service
from identity.login.service import Entered, Outcome
from identity.mfa import passkeys
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_2, satisfies
from identity.mfa.passkeys import Refused
from identity.sessions.service import SessionView
from shared.service import Actor, Work

CHANGED = Refused("not_asked")  # the session or the account changed in the same instant


def enter(work: Work, ceremony: str, used: Any, browser: Browser, present: SessionView | None) -> Outcome | Refused:
    """Let in whoever the passkey belongs to. No name was typed, so the rest of a name stops nobody (threat 28)."""
    found = passkeys.finish_sign_in(work, ceremony, used)
    if isinstance(found, Refused):
        return found
    work.actor = Actor(found.account_id, "person")  # from here on we know who acts
    return service.enter(work, found.account_id, found.amr, browser, present) or CHANGED


def prove(work: Work, ceremony: str, used: Any, browser: Browser, present: SessionView) -> Outcome | Refused:
    """Add the passkey to the proofs of the present session, if it is its own person's."""
    found = passkeys.finish_sign_in(work, ceremony, used, only_account=present.account_id)
    if isinstance(found, Refused):
        return found
    return _added(work, present, found.amr, browser)


def enrol(work: Work, made: Any, browser: Browser, present: SessionView) -> Outcome | Refused:
    """Bind a passkey, which counts as proved now.

    Who has a factor already proves that one first: a stolen password must not bind another (threat 32). The flow says
    so too; here it is asked under the lock of the account.
    """
    accounts.hold(work, present.account_id)
    if mfa.enrolled(work.session, present.account_id) and not satisfies(present.acr, ACR_2):
        return CHANGED
    found = passkeys.finish_registration(work, present.id, present.account_id, made, browser.label)
    if isinstance(found, Refused):
        return found
    return _added(work, present, found.amr, browser)


def _added(work: Work, present: SessionView, amr: tuple[str, ...], browser: Browser) -> Outcome | Refused:
    secret = service.add_proof(work, present, amr, browser)
    return Entered(secret, None) if secret else CHANGED
