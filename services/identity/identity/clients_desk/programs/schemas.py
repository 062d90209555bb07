"""Shapes of the clients API: names are those of ClientSpec, so that the command line, the API and the page agree."""

from typing import Any

from marshmallow import fields, validate

from identity.oidc.clients import policy
from identity.oidc.registration.initial_tokens import DAYS, MOST_USES, PROFILES
from identity.oidc.scopes import PERSONAL
from shared.web.api import Shape


def _texts() -> fields.List[Any]:
    return fields.List(fields.String(validate=validate.Length(1, 2000)), validate=validate.Length(max=100))


class ClientChangeIn(Shape):
    """What to change; what is left out stays. Whether it may be so is said by the rules, sentence by sentence."""

    name = fields.String()
    profile = fields.String(validate=validate.OneOf(policy.PROFILES))
    redirect_uris = _texts()
    post_logout_redirect_uris = _texts()
    any_loopback = fields.Boolean(truthy={True}, falsy={False})
    minimum_acr = fields.String()
    scopes = _texts()
    grant_types = _texts()
    populations = _texts()
    audiences = _texts()
    signing_alg = fields.String()
    require_pkce = fields.Boolean(truthy={True}, falsy={False})
    require_par = fields.Boolean(truthy={True}, falsy={False})
    auth_methods = _texts()
    auth_signing_alg = fields.String(allow_none=True)
    jwks = fields.Dict(allow_none=True)
    jwks_uri = fields.String(allow_none=True)
    dpop_bound = fields.Boolean(truthy={True}, falsy={False})
    access_token_format = fields.String()
    access_token_seconds = fields.Integer(strict=True)
    grant_hours = fields.Integer(strict=True)
    refresh_rotation = fields.String()
    refresh_grace_seconds = fields.Integer(strict=True)
    backchannel_logout_uri = fields.String(allow_none=True)
    first_party = fields.Boolean(truthy={True}, falsy={False})
    purpose = fields.String(allow_none=True)
    client_uri = fields.String(allow_none=True)
    policy_uri = fields.String(allow_none=True)
    tos_uri = fields.String(allow_none=True)
    justification = fields.String(allow_none=True)


class ClientIn(ClientChangeIn):
    """A new client: the profile sets what is left out."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    profile = fields.String(load_default=policy.FIRST_PARTY, validate=validate.OneOf(policy.PROFILES))


class ClientOut(ClientChangeIn):
    """A client, without its secrets."""

    id = fields.String()
    enabled = fields.Boolean()
    secrets = fields.Integer(metadata={"description": "How many secrets work now: none, one, or two for a while."})
    former_secret_until = fields.AwareDateTime(allow_none=True)


class ClientWithSecretOut(ClientOut):
    """A client with a secret that was just made; null where there is none. Nobody can read it again."""

    client_secret = fields.String(allow_none=True)


class ClientsOut(Shape):
    """Every client that fits."""

    clients = fields.List(fields.Nested(ClientOut))


class SecretIn(Shape):
    """For how many hours the present secret works on, beside the new one."""

    keep_old_hours = fields.Integer(strict=True, load_default=24, validate=validate.Range(0, 720))


class SwitchIn(Shape):
    """Off or on, and why; the reason is in the audit."""

    enabled = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class FailureOut(Shape):
    """What a client failed with. `examples`: the newest, what was received, without secrets."""

    code = fields.String()
    error = fields.String()
    why = fields.String()
    mend = fields.String()
    times = fields.Integer()
    first_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime()
    examples = fields.List(fields.Dict())


class FailuresOut(Shape):
    """The last failures, the newest first."""

    failures = fields.List(fields.Nested(FailureOut))


class InitialTokenIn(Shape):
    """What may be registered with the token, how often, and for how long."""

    label = fields.String(required=True)
    profile = fields.String(required=True, validate=validate.OneOf(PROFILES))
    purpose = fields.String(required=True)
    scopes = fields.List(fields.String(), load_default=list(PERSONAL))
    populations = fields.List(fields.String(), load_default=list)
    uses = fields.Integer(strict=True, load_default=1, validate=validate.Range(MOST_USES.start, MOST_USES.stop - 1))
    days = fields.Integer(strict=True, load_default=14, validate=validate.Range(DAYS.start, DAYS.stop - 1))


class InitialTokenOut(Shape):
    """One initial access token, without the token."""

    id = fields.String()
    label = fields.String()
    profile = fields.String()
    purpose = fields.String()
    scopes = fields.List(fields.String())
    populations = fields.List(fields.String())
    uses_left = fields.Integer()
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()


class InitialTokensOut(Shape):
    """Every initial access token that is kept."""

    tokens = fields.List(fields.Nested(InitialTokenOut))


class IssuedOut(Shape):
    """A token that was just issued. Nobody can read it again."""

    id = fields.String()
    initial_access_token = fields.String()


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return a loaded body as fields of ClientSpec: lists are tuples there."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
