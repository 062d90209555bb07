"""The table of applications and the guarded statements that move one from state to state."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.applications import flow, states
from registration.applications.states import Act, State
from registration.tables import Base
from shared.db import JsonColumn, SealedText, UtcDateTime, claimed


class Application(Base):
    """One request to join. `version` grows with every move and is the sequence of its events.

    `draft_key` is the keyed hash of the reference in the browser's cookie; it goes when the draft is
    handed in. `back` is the path here at which the sign-in of an app goes on that sent the person
    (OIDC prompt=create). `batch` is the id of the application that several requests were handed in with;
    `lines` are the lines of business asked for, None for all (domain.md §1). The TIN is held sealed
    (`directory.vault`); nothing else here says what it is.
    """

    __tablename__ = "applications"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    version: Mapped[int] = mapped_column(default=1)
    draft_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    back: Mapped[str | None] = mapped_column(String(2000))
    language: Mapped[str] = mapped_column(String(8), default="en")
    identity_type: Mapped[str | None] = mapped_column(String(20))
    organization_name: Mapped[str | None] = mapped_column(String(200))
    has_tin: Mapped[bool | None]
    tin_box: Mapped[str | None] = mapped_column(SealedText(255))
    tin_index: Mapped[str | None] = mapped_column(String(64), index=True)
    npi: Mapped[str | None] = mapped_column(String(10))
    organization_kind: Mapped[str | None] = mapped_column(String(20))
    lines: Mapped[list[str] | None] = mapped_column(JsonColumn)
    batch: Mapped[str | None] = mapped_column(String(40), index=True)
    display_name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(400), index=True)  # the address without its capitals
    mobile: Mapped[str | None] = mapped_column(String(20), index=True)
    mobile_typed: Mapped[str | None] = mapped_column(String(40))
    email_proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mobile_proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    profile: Mapped[str | None] = mapped_column(String(60))
    functions: Mapped[list[str] | None] = mapped_column(JsonColumn)
    account_id: Mapped[str | None] = mapped_column(String(64), index=True)
    applicant_account: Mapped[str | None] = mapped_column(String(64))  # who began it signed in
    organization_id: Mapped[str | None] = mapped_column(String(64))
    route: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason_code: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)

    def progress(self) -> flow.Progress:
        """What the draft already answers."""
        return flow.Progress(
            who=self.identity_type is not None,
            organization=self.has_tin is not None and self.organization_kind is not None,
            contact=self.email is not None,
            email_proved=self.email_proved_at is not None,
            mobile_proved=self.mobile_proved_at is not None,
            access=bool(self.functions),
        )


class KnownOffer(Base):
    """The last answer of access-manager about what can be asked for; one row, for when it is away."""

    __tablename__ = "known_offers"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    body: Mapped[dict[str, object]] = mapped_column(JsonColumn)
    learnt_at: Mapped[datetime] = mapped_column(UtcDateTime)


def by_draft_key(session: Session, draft_key: str) -> Application | None:
    """The application a cookie refers to."""
    return session.scalar(select(Application).where(Application.draft_key == draft_key))


def of_ids(session: Session, application_ids: Collection[str]) -> dict[str, Application]:
    """Some applications, by id."""
    found = session.scalars(select(Application).where(Application.id.in_(application_ids)))
    return {application.id: application for application in found}


def keep_account(session: Session, application_id: str, account_id: str) -> bool:
    """Tie the account that identity made; not to a draft whose contacts were changed meanwhile."""
    return claimed(
        session.execute(
            update(Application)
            .where(
                Application.id == application_id,
                Application.state == State.CONTACT_PROVED,
                or_(Application.account_id.is_(None), Application.account_id == account_id),
            )
            .values(account_id=account_id)
            .execution_options(synchronize_session=False)
        )
    )


def of_account(session: Session, account_id: str) -> list[Application]:
    """Every application of an account, newest first; the history keeps them all."""
    chosen = select(Application).where(Application.account_id == account_id)
    return list(session.scalars(chosen.order_by(Application.created_at.desc(), Application.id.desc())))


def of_batch(session: Session, batch: str) -> list[Application]:
    """The requests that were handed in together, the one that the others came out of first."""
    chosen = select(Application).where(or_(Application.id == batch, Application.batch == batch))
    return sorted(session.scalars(chosen), key=lambda each: (each.id != batch, each.created_at, each.id))


def move(session: Session, application_id: str, act: Act, **facts: object) -> bool:
    """Carry out an act as one guarded UPDATE; return whether it was possible and this call did it."""
    return claimed(
        session.execute(
            update(Application)
            .where(Application.id == application_id, Application.state.in_(states.sources(act)))
            .values(state=states.target(act), version=Application.version + 1, **facts)
            .execution_options(synchronize_session=False)
        )
    )


def take_route(session: Session, application_id: str, route: str, organization_id: str | None) -> bool:
    """Write down whose turn a submitted request is, once: of rivals one passes it on, and none what was withdrawn."""
    waits = Application.id == application_id, Application.state == State.SUBMITTED, Application.route.is_(None)
    values = update(Application).where(*waits).values(route=route, organization_id=organization_id)
    return claimed(session.execute(values.execution_options(synchronize_session=False)))


def unrouted(session: Session, limit: int) -> list[str]:
    """Ids of submitted requests that nobody has passed on yet, the oldest first."""
    waits = Application.state == State.SUBMITTED, Application.route.is_(None)
    return list(session.scalars(select(Application.id).where(*waits).order_by(Application.submitted_at).limit(limit)))


def hold_draft(session: Session, application_id: str, now: datetime) -> bool:
    """Take a draft for writing: its rivals wait, and a draft handed in meanwhile is no longer written to."""
    return claimed(
        session.execute(
            update(Application)
            .where(
                Application.id == application_id,
                Application.state.in_(states.DRAFTING),
                Application.account_id.is_(None),
            )
            .values(touched_at=now)
            .execution_options(synchronize_session=False)
        )
    )


def hold(session: Session, application_id: str) -> None:
    """Take an application until the transaction ends; rivals who move it wait."""
    session.execute(select(Application.id).where(Application.id == application_id).with_for_update())


def fresh(session: Session, application_id: str) -> Application | None:
    """The application as it is in the database now."""
    return session.get(Application, application_id, populate_existing=True)


def stale_drafts(session: Session, instant: datetime, handed_in: datetime, limit: int) -> list[str]:
    """Ids of drafts nobody touched since `instant`, oldest first; those that have an account since `handed_in`."""
    alone = Application.account_id.is_(None) & (Application.touched_at < instant)
    chosen = select(Application.id).where(
        Application.state.in_(states.DRAFTING), alone | (Application.touched_at < handed_in)
    )
    return list(session.scalars(chosen.order_by(Application.touched_at).limit(limit)))


def delete_draft(session: Session, application_id: str, instant: datetime) -> bool:
    """Delete a draft that never led to an account, unless it was touched meanwhile."""
    return claimed(
        session.execute(
            delete(Application)
            .where(
                Application.id == application_id,
                Application.state.in_([State.DRAFT, State.CONTACT_PROVED]),
                Application.account_id.is_(None),
                Application.touched_at < instant,
            )
            .execution_options(synchronize_session=False)
        )
    )
