"""Shapes of the sessions API. No secret and no address of a browser is among them."""

from marshmallow import fields

from shared.web.api import Instant, Shape


class LeftOut(Shape):
    """How long a session still lasts: instants, and the seconds it may lie unused."""

    session_id = fields.String(required=True)
    idle_seconds = fields.Integer(required=True)
    idles_at = Instant(required=True)
    ends_at = Instant(required=True)


class LivingSessionOut(LeftOut):
    """One living session of an account."""

    label = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    organization_id = fields.String(allow_none=True)
    acr = fields.String(required=True)
    amr = fields.List(fields.String(), required=True)
    reasons = fields.List(fields.String(), required=True)
    owes = fields.String(allow_none=True)
    started_at = Instant(required=True)
    last_seen_at = Instant(required=True)


class SessionsOut(Shape):
    """The living sessions of an account, the one used last first."""

    sessions = fields.List(fields.Nested(LivingSessionOut), required=True)


class EndedOut(Shape):
    """How many sessions were ended."""

    ended = fields.Integer(required=True)
