"""What the API tells of an application. No contact, no TIN: its last four digits at most."""

from marshmallow import fields

from shared.web.api import Instant, Shape


class ApplicationShown(Shape):
    """One application as a client with `applications.read` sees it."""

    id = fields.String(required=True)
    number = fields.String(required=True)
    state = fields.String(required=True)
    kind = fields.String(required=True, allow_none=True)
    account_id = fields.String(required=True, allow_none=True)
    organization_id = fields.String(required=True, allow_none=True)
    organization_name = fields.String(required=True, allow_none=True)
    tin_last4 = fields.String(required=True, allow_none=True)
    route = fields.String(required=True, allow_none=True)
    functions = fields.List(fields.String(), required=True)
    profile = fields.String(required=True, allow_none=True)
    submitted_at = Instant(required=True, allow_none=True)
    due_at = Instant(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    reason_code = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
