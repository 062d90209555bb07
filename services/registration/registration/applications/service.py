"""Use cases of a draft: begin one, fill it in, prove its contacts; and the moves of an application."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from registration.applications import letters, models
from registration.applications.answers import AccessAnswer, ContactAnswer, IdentityType, OrganizationAnswer
from registration.applications.models import Application
from registration.applications.organizations import models as organizations
from registration.applications.organizations.models import DraftOrganization
from registration.applications.states import Act, State
from registration.contacts import addresses
from registration.contacts import service as contacts
from registration.contacts.codes import Channel, CodeFault, Wait
from registration.contacts.hasher import ContactHasher
from registration.contacts.service import Address
from registration.directory.vault import TinVault
from shared.errors import conflict, not_found
from shared.i18n import say
from shared.service import Work

_CHANGED = say("Your answers were changed in another window. Go back, check them and continue.")
# What all requests of one application have in common: the person, their contacts, what they want to do.
_SHARED = (
    "language",
    "identity_type",
    "display_name",
    "email",
    "email_key",
    "mobile",
    "mobile_typed",
    "email_proved_at",
    "mobile_proved_at",
    "profile",
    "functions",
    "account_id",
    "created_at",
)
_HANDED_IN = say("This application is handed in and can no longer be changed.")


def begin(work: Work, hasher: ContactHasher, language: str, back: str | None = None) -> tuple[Application, str]:
    """Open a draft; return it with the secret reference for the browser's cookie, stored only as its hash.

    `back`: a path on this origin where the person goes on afterwards.
    """
    secret = work.ids.token()
    identifier = work.ids.new("app")
    application = Application(
        id=identifier,
        number=number_of(identifier),
        state="draft",
        version=1,
        draft_key=hasher.reference(secret),
        language=language,
        back=back,
        created_at=work.now,
        touched_at=work.now,
    )
    work.session.add(application)
    work.session.flush()
    return application, secret


def number_of(identifier: str) -> str:
    """The number people read out: eight of the identifier's random characters, `8K2M-93QX`."""
    tail = identifier[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def find_draft(session: Session, hasher: ContactHasher, secret: str) -> Application | None:
    """The application of a browser, whatever its state."""
    return models.by_draft_key(session, hasher.reference(secret)) if secret else None


def hold(work: Work, application_id: str) -> Application:
    """Take a draft for writing; raises 409 when it has been handed in meanwhile."""
    if not models.hold_draft(work.session, application_id, work.now):
        raise conflict("handed-in", _HANDED_IN)
    return current(work, application_id)


def current(work: Work, application_id: str) -> Application:
    """The application as it stands in this transaction; raises 404."""
    found = models.fresh(work.session, application_id)
    if found is None:
        raise not_found()
    return found


def answer_who(work: Work, application: Application, answer: IdentityType) -> None:
    """Keep who the person is; who turns out to treat patients is asked about the organization with other words."""
    if answer.kind == "practitioner" and application.identity_type == IdentityType.REPRESENTATIVE:
        application.organization_kind = None
    application.identity_type = answer
    work.session.flush()


def answer_organization(work: Work, vault: TinVault, application: Application, answer: OrganizationAnswer) -> None:
    """Keep the first organization; nothing is looked up, so nothing can be learnt from the answer.

    One that stood on the list of further organizations leaves it: a TIN is asked for once.
    """
    application.organization_name, application.npi = answer.name, answer.npi
    application.organization_kind, application.lines = answer.kind, list(answer.lines) or None
    if answer.tin is not None:
        sealed = vault.seal(answer.tin)
        organizations.remove_tin(work.session, application.id, sealed.index)
        application.tin_box, application.tin_index = sealed.box, sealed.index
    if not answer.has_tin:
        application.tin_box = application.tin_index = None
    application.has_tin = answer.has_tin
    work.session.flush()


def answer_contact(work: Work, application: Application, answer: ContactAnswer) -> None:
    """Keep the contacts; one that differs from what was proved has to be proved again."""
    changed = application.email != answer.email or application.mobile != answer.mobile
    if application.email != answer.email:
        application.email_proved_at = None
    if application.mobile != answer.mobile:
        application.mobile_proved_at = None
    application.display_name, application.email = answer.name, answer.email
    application.email_key = addresses.email_key(answer.email)
    application.mobile, application.mobile_typed = answer.mobile, answer.mobile_typed
    work.session.flush()
    if changed:
        models.move(work.session, application.id, Act.CHANGE_CONTACT)
        work.session.refresh(application)


def answer_access(work: Work, application: Application, answer: AccessAnswer) -> None:
    """Keep what the person wants to do."""
    application.profile, application.functions = answer.profile, list(answer.functions)
    work.session.flush()


def drop_unfitting(work: Work, application: Application, allowed: Collection[str]) -> None:
    """Ask again what the person wants to do, where the organizations they ask for may not hold it all."""
    if not set(application.functions or []) <= set(allowed):
        application.profile, application.functions = None, None
        work.session.flush()


def address_of(application: Application, channel: Channel) -> Address:
    """What a code of that channel proves."""
    value = application.email if channel is Channel.EMAIL else application.mobile
    return Address(application.id, channel, value or "")


def send_code(work: Work, hasher: ContactHasher, application: Application, channel: Channel) -> datetime | None:
    """Send a code; return None when it is on its way, or the instant from when another may be asked for."""
    sent = contacts.send(work, hasher, address_of(application, channel))
    if isinstance(sent, Wait):
        return sent.until
    letters.send_code(work, application, channel, sent)
    return None


def prove(work: Work, hasher: ContactHasher, application: Application, channel: Channel, code: str) -> CodeFault | None:
    """Try a code; None means the contact is proved. The door commits either way: a try counts."""
    fault = contacts.attempt(work, hasher, address_of(application, channel), code)
    if fault is not None:
        return fault
    if channel is Channel.EMAIL:
        application.email_proved_at = work.now
    else:
        application.mobile_proved_at = work.now
    work.session.flush()
    if application.email_proved_at and application.mobile_proved_at:
        models.move(work.session, application.id, Act.PROVE_CONTACT)
        work.session.refresh(application)
    return None


def keep_account(work: Work, application_id: str, account_id: str) -> None:
    """Remember the account that identity made; from here on the draft is closed to changes. Raises 409."""
    if not models.keep_account(work.session, application_id, account_id):
        raise conflict("answers-changed", _CHANGED)


def requests_of(work: Work, application: Application) -> list[Application]:
    """Make every further organization of an application a request of its own; return all of them, it first.

    Called once, by whoever has just won the SUBMIT move. The new ones are in CONTACT_PROVED, with their own id and
    number, the same person, contacts and tasks, and carry the first one's id in `batch`, as it does itself.
    """
    further = organizations.of_application(work.session, application.id)
    if not further:
        return [application]
    application.batch = application.id
    made = [_request(work, application, each) for each in further]
    work.session.add_all(made)
    organizations.clear(work.session, application.id)
    work.session.flush()
    return [application, *made]


def _request(work: Work, first: Application, further: DraftOrganization) -> Application:
    identifier = work.ids.new("app")
    return Application(
        id=identifier,
        number=number_of(identifier),
        state=State.CONTACT_PROVED,
        version=1,
        batch=first.id,
        organization_name=further.name,
        organization_kind=further.kind,
        lines=further.lines,
        has_tin=further.has_tin,
        tin_box=further.tin_box,
        tin_index=further.tin_index,
        npi=first.npi if IdentityType(first.identity_type or "").kind == "practitioner" else further.npi,
        touched_at=work.now,
        **{name: getattr(first, name) for name in _SHARED},
    )


def await_managers(work: Work, application_id: str) -> None:
    """The managers were asked. A decision that has overtaken this news stands."""
    if models.move(work.session, application_id, Act.ASK_MANAGERS):
        work.audit("application.awaiting_manager", target=application_id)


def approve(work: Work, application_id: str, *, functions: list[str], organization_id: str | None) -> bool:
    """Record an approval and tell the applicant; False when the application is past deciding."""
    facts = {"decided_at": work.now, "organization_id": organization_id}
    if not models.move(work.session, application_id, Act.APPROVE, **facts):
        return False
    work.audit("application.approved", target=application_id, organization=organization_id, after=functions)
    letters.tell_approved(work, current(work, application_id))
    return True


def deny(work: Work, application_id: str, *, reason_code: str, reason: str) -> bool:
    """Record a denial with its reason and tell the applicant; False when the application is past deciding."""
    facts = {"decided_at": work.now, "reason_code": reason_code, "reason": reason}
    if not models.move(work.session, application_id, Act.DENY, **facts):
        return False
    work.audit("application.denied", target=application_id, after={"reason_code": reason_code}, reason=reason)
    letters.tell_denied(work, current(work, application_id))
    return True
