"""Initial access tokens: what an operator lets somebody register (RFC 7591 §3). One function per verb."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.oidc.clients.policy import FAPI2, NATIVE, POPULATIONS, THIRD_PARTY
from identity.oidc.registration.models import USE, WITHDRAW, InitialToken
from identity.oidc.scopes import PERSONAL
from shared.crypto import sha256
from shared.db import claimed
from shared.errors import unprocessable
from shared.service import Work

# What an app may make of itself. The suite's own apps, programs and test suites are registered by operators.
PROFILES = (THIRD_PARTY, NATIVE, FAPI2)
MOST_USES = range(1, 101)
DAYS = range(1, 91)


@dataclass(frozen=True)
class Allowance:
    """What may be registered with a token. `purpose`: what people read when they are asked, in an operator's words.

    `populations`: whom the apps admit; none means everybody.
    """

    label: str
    profile: str
    purpose: str
    scopes: tuple[str, ...] = PERSONAL
    populations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Issued:
    """One initial token as an operator sees it, without the token."""

    id: str
    label: str
    profile: str
    purpose: str
    scopes: tuple[str, ...]
    populations: tuple[str, ...]
    uses_left: int
    created_at: datetime
    expires_at: datetime


def issue(work: Work, allowance: Allowance, uses: int, days: int) -> tuple[str, str]:
    """Issue a token for `uses` registrations within `days`; return (its id, the token, which nobody can read again).

    Raises 422 by field.
    """
    wrong = _faults(allowance, uses, days)
    if wrong:
        raise unprocessable(wrong)
    token_id, token = work.ids.new("iat"), work.ids.token()
    told: dict[str, Any] = {"label": allowance.label, "profile": allowance.profile, "purpose": allowance.purpose}
    told |= {"scopes": list(allowance.scopes), "populations": list(allowance.populations), "uses_left": uses}
    until = work.now + timedelta(days=days)
    made = InitialToken(id=token_id, token_hash=sha256(token), created_at=work.now, expires_at=until, **told)
    work.session.add(made)
    work.session.flush()
    work.audit("registration.allowed", target=token_id, after=told | {"until": until.isoformat()})
    return token_id, token


def listed(session: Session) -> list[Issued]:
    """Return every token that is kept, the newest first."""
    rows = session.scalars(select(InitialToken).order_by(InitialToken.created_at.desc(), InitialToken.id))
    return [_issued(row) for row in rows]


def withdraw(work: Work, token_id: str) -> bool:
    """Let nobody register with the token any more; return whether it was good until now. What it registered stays."""
    if not claimed(work.session.execute(WITHDRAW, {"token_id": token_id})):
        return False
    work.audit("registration.withdrawn", target=token_id)
    return True


def use(work: Work, token: str) -> Issued | None:
    """Use a token once, in the transaction of the registration; None where it is not good."""
    row = work.session.execute(USE, {"hash": sha256(token), "now": work.now}).one_or_none()
    return _issued(row) if row else None  # type: ignore[arg-type]


def _faults(allowance: Allowance, uses: int, days: int) -> dict[str, list[str]]:
    checks = {
        "label": (_is_line(allowance.label, 100), "Write in one line whom it is for."),
        "profile": (allowance.profile in PROFILES, f"Use one of {', '.join(PROFILES)}."),
        "purpose": (_is_line(allowance.purpose, 300), "Write in one line what the app wants people's data for."),
        "scopes": (set(allowance.scopes) <= set(PERSONAL) and bool(allowance.scopes), "Use scopes of people only."),
        "populations": (set(allowance.populations) <= set(POPULATIONS), f"Use {', '.join(POPULATIONS)}."),
        "uses": (uses in MOST_USES, f"Use a whole number from {MOST_USES.start} to {MOST_USES.stop - 1}."),
        "days": (days in DAYS, f"Use a whole number from {DAYS.start} to {DAYS.stop - 1}."),
    }
    return {name: [sentence] for name, (right, sentence) in checks.items() if not right}


def _is_line(text: str, longest: int) -> bool:
    return bool(text.strip()) and text.isprintable() and len(text) <= longest


def _issued(row: InitialToken) -> Issued:
    return Issued(
        id=row.id,
        label=row.label,
        profile=row.profile,
        purpose=row.purpose,
        scopes=tuple(row.scopes),
        populations=tuple(row.populations),
        uses_left=row.uses_left,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
