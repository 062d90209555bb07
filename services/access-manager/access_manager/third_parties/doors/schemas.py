"""Shapes of connections on the JSON API."""

from datetime import UTC, datetime

from marshmallow import Schema, fields, validate

from access_manager.functions.catalogue import BY_ID
from access_manager.third_parties.models import Side, State
from shared.web.api import Instant, Shape

_FAR_AWAY = datetime(2200, 1, 1, tzinfo=UTC)
_SIDES = tuple(each.value for each in Side)


def _functions() -> fields.List[str]:
    one = fields.String(validate=validate.Length(min=1, max=100))
    return fields.List(one, required=True, validate=validate.Length(min=1, max=len(BY_ID)))


def _end(**options: object) -> Instant:
    return Instant(allow_none=True, validate=validate.Range(max=_FAR_AWAY), **options)  # type: ignore[arg-type]


class ConnectionOut(Schema):
    """A connection as one of its two organizations sees it; `version` is also the entity tag."""

    link_id = fields.String(required=True)
    side = fields.String(required=True, validate=validate.OneOf(_SIDES))
    partner_id = fields.String(required=True)
    partner_name = fields.String(required=True)
    partner_kind = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    lines = fields.List(fields.String(), required=True)
    ends_at = Instant(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([each.value for each in State]))
    asked_by_us = fields.Boolean(required=True)
    asked_at = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ConnectionsOut(Schema):
    """The connections of an organization, on either side, the newest first."""

    partners = fields.List(fields.Nested(ConnectionOut), required=True)


class SentPersonOut(Schema):
    """Somebody who works through a connection."""

    membership_id = fields.String(required=True)
    account_id = fields.String(required=True)
    display_name = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)


class SentPeopleOut(Schema):
    """Everybody who works through a connection."""

    staff = fields.List(fields.Nested(SentPersonOut), required=True)


class ConnectionIn(Shape):
    """What is proposed to whoever has the connection code; `side` is where the asking organization stands."""

    side = fields.String(required=True, validate=validate.OneOf(_SIDES))
    connect_code = fields.String(required=True, validate=validate.Length(min=4, max=40))
    functions = _functions()
    ends_at = _end(load_default=None)


class ConnectionAnswerIn(Shape):
    """Agree, or do not."""

    outcome = fields.String(required=True, validate=validate.OneOf(("accept", "decline")))


class NarrowConnectionIn(Shape):
    """What is left of the connection: some of its functions, and an end that is not later."""

    functions = _functions()
    ends_at = _end(required=True)


class SendPersonIn(Shape):
    """What one person may do through the connection, and until when."""

    functions = _functions()
    ends_at = _end(load_default=None)


class ConnectCodeOut(Schema):
    """The connection code, null where there is none."""

    connect_code = fields.String(required=True, allow_none=True)
    made_at = Instant(required=True, allow_none=True)
