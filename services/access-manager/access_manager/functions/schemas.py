"""Shapes of the catalogue on the JSON API."""

from marshmallow import Schema, fields


class FunctionOut(Schema):
    """One function."""

    id = fields.String(required=True)
    category = fields.String(required=True)
    task = fields.String(required=True)
    sentence = fields.String(required=True)
    calendar = fields.String(required=True)
    contracted_only = fields.Boolean(required=True)
    sensitive = fields.Boolean(required=True)


class ProfileOut(Schema):
    """One access profile."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)


class CatalogueOut(Schema):
    """The whole catalogue."""

    functions = fields.List(fields.Nested(FunctionOut), required=True)
    profiles = fields.List(fields.Nested(ProfileOut), required=True)
