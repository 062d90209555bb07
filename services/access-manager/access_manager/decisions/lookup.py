"""The one statement behind a decision: account, membership, organization and hours, read together by keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, bindparam, func, select

from access_manager.approvals.flow import State
from access_manager.approvals.models import Approval
from access_manager.decisions.decide import Facts, Holding
from access_manager.functions.catalogue import FUNCTIONS
from access_manager.hours.models import ONLY, OpeningHours
from access_manager.memberships.models import ACTIVE, Membership
from access_manager.organizations.models import Organization
from access_manager.people.models import Person, TermsVersion
from shared.db.database import Database
from shared.db.queries import Query, Source

Known = Any  # a row with the columns of the statement as attributes
RESTRICTED = frozenset(function.id for function in FUNCTIONS if function.contracted_only)
SENSITIVE = frozenset(function.id for function in FUNCTIONS if function.sensitive)

# Core tables, not mapped classes: this is the hot path (performance.md §2, rules 3 and 5).
_people, _members, _organizations = Person.__table__, Membership.__table__, Organization.__table__
_hours, _approvals, _terms = OpeningHours.__table__, Approval.__table__, TermsVersion.__table__
_account, _organization = bindparam("account", type_=String), bindparam("organization", type_=String)

# When the first of the versions counts that are newer than what the person accepted; a handful of rows at most.
_DUE = (
    select(func.min(_terms.c.effective_at))
    .where(_terms.c.version > func.coalesce(_people.c.terms_version, 0))
    .correlate(_people)
    .scalar_subquery()
)

_STATEMENT = (
    select(
        _people.c.status.label("account_status"),
        _people.c.locked_until,
        _people.c.population,
        _DUE.label("terms_due_at"),
        _members.c.status,
        _members.c.functions.label("held"),
        _members.c.function_ends,
        _members.c.ends_at,
        _organizations.c.contracted,
        _hours.c.functions,
        _hours.c.checked_at,
        _hours.c.cut_at,
        _hours.c.cuts,
    )
    .select_from(_hours)
    .outerjoin(_people, _people.c.account_id == _account)
    .outerjoin(_members, and_(_members.c.account_id == _account, _members.c.organization_id == _organization))
    .outerjoin(_organizations, _organizations.c.id == _members.c.organization_id)
    .where(_hours.c.id == ONLY)
)

_MANY = (
    select(
        _members.c.account_id,
        _members.c.organization_id,
        *_STATEMENT.selected_columns,
    )
    .select_from(_members)
    .join(_hours, _hours.c.id == ONLY)
    .outerjoin(_people, _people.c.account_id == _members.c.account_id)
    .join(_organizations, _organizations.c.id == _members.c.organization_id)
    .where(_members.c.status == ACTIVE)
    .limit(bindparam("most"))
)
_after = bindparam("after", type_=String)
_OF_ORGANIZATION = _MANY.where(_members.c.organization_id == _organization, _members.c.account_id > _after)
_OF_ACCOUNT = _MANY.where(_members.c.account_id == _account, _members.c.organization_id > _after)
_OF_ORGANIZATION = _OF_ORGANIZATION.order_by(_members.c.account_id)
_OF_ACCOUNT = _OF_ACCOUNT.order_by(_members.c.organization_id)

_WAITING = select(_approvals.c.id).where(
    _approvals.c.account_id == _account,
    _approvals.c.organization_id == _organization,
    _approvals.c.state == State.OPEN.value,
)


_ONE, _ASKS = Query(_STATEMENT), Query(_WAITING)
_MEMBERS, _MEMBERSHIPS = Query(_OF_ORGANIZATION), Query(_OF_ACCOUNT)


def read(source: Source, account_id: str, organization_id: str) -> tuple[Known, bool]:
    """Return one row, whatever is known, and whether a request to join is open (asked only without a membership)."""
    keys = {"account": account_id, "organization": organization_id}
    row = _ONE.all(source, keys)[0]
    waiting = row.status != ACTIVE and _ASKS.first(source, keys) is not None
    return row, waiting


def members(database: Database, organization_id: str, after: str, most: int) -> Sequence[Known]:
    """The active members of an organization behind an account id, in the order of their ids."""
    return _MEMBERS.all(database, {"organization": organization_id, "after": after, "most": most})


def memberships(database: Database, account_id: str, after: str, most: int) -> Sequence[Known]:
    """The active memberships of an account behind an organization id, in the order of their ids."""
    return _MEMBERSHIPS.all(database, {"account": account_id, "after": after, "most": most})


def facts(row: Known, *, chosen: bool, waiting: bool, acr: str, session_ends_at: datetime | None) -> Facts:
    """Turn the row and the stated sign-in into what the decision looks at, the hours still open."""
    holding = None
    if row.status is not None:
        holding = Holding(row.status, row.held, row.ends_at, row.contracted, row.function_ends)
    return Facts(
        organization_chosen=chosen,
        account_status=row.account_status,
        locked_until=row.locked_until,
        population=row.population,
        waiting=waiting,
        holding=holding,
        restricted=RESTRICTED,
        sensitive=SENSITIVE,
        openness=None,
        terms_due_at=row.terms_due_at,
        acr=acr,
        session_ends_at=session_ends_at,
    )
