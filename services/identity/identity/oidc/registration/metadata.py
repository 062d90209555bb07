"""Client metadata of RFC 7591 §2, from and to a registration. Pure.

A name we do not know is passed over, as the RFC wants. A name of our own policy (who is asked for consent, which level
of sign-in is enough, whom the app admits) is refused aloud: those are an operator's to say (threat 34).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from identity.oidc.clients.policy import CODE, DEVICE_CODE, POLICY_FIELDS, REFRESH, ClientSpec
from identity.oidc.outbound.addresses import fault_of
from identity.oidc.scopes import split

GRANTS = (CODE, REFRESH, DEVICE_CODE)
# Name in RFC 7591, OIDC, RFC 9126 or RFC 9449 → field of ClientSpec, and the JSON type.
_PLAIN: dict[str, tuple[str, type]] = {
    "client_name": ("name", str),
    "redirect_uris": ("redirect_uris", list),
    "post_logout_redirect_uris": ("post_logout_redirect_uris", list),
    "backchannel_logout_uri": ("backchannel_logout_uri", str),
    "client_uri": ("client_uri", str),
    "policy_uri": ("policy_uri", str),
    "tos_uri": ("tos_uri", str),
    "jwks": ("jwks", dict),
    "jwks_uri": ("jwks_uri", str),
    "grant_types": ("grant_types", list),
    "token_endpoint_auth_signing_alg": ("auth_signing_alg", str),
    "id_token_signed_response_alg": ("signing_alg", str),
    "dpop_bound_access_tokens": ("dpop_bound", bool),
    "require_pushed_authorization_requests": ("require_par", bool),
}
_METHOD, _SCOPE, _LOGO = "token_endpoint_auth_method", "scope", "logo_uri"
_OURS = frozenset(POLICY_FIELDS) - {field for field, _ in _PLAIN.values()} - {"id"}
# What anybody tries who has read how such systems are held (threat 34).
_NEVER = frozenset({"role", "tin", "status", "is_manager", "email_verified", "org_id"})


class BadMetadata(Exception):
    """The metadata cannot be registered; the message names the member. `of_redirects`: it is about where answers go."""

    def __init__(self, told: str, *, of_redirects: bool = False) -> None:
        super().__init__(told)
        self.of_redirects = of_redirects


def read(body: Mapping[str, Any], base: ClientSpec, scopes: tuple[str, ...]) -> ClientSpec:
    """Return `base` with what the metadata says; whatever may be left out is then as in `base`.

    `scopes`: what the app may choose from. Raises BadMetadata.
    """
    ours = sorted((_OURS | _NEVER) & set(body))
    if ours:
        raise BadMetadata(f"{', '.join(ours)}: this is for the operator to say")
    given = {field: _typed(body, name, kind) for name, (field, kind) in _PLAIN.items() if body.get(name) is not None}
    _check_logo(body)
    if body.get("response_types", ["code"]) != ["code"]:
        raise BadMetadata("response_types: only code is offered")
    if not set(given.get("grant_types", ())) <= set(GRANTS):
        raise BadMetadata(f"grant_types: use {', '.join(GRANTS)}")
    if body.get(_METHOD) is not None:
        given["auth_methods"] = (_typed(body, _METHOD, str),)
    wanted = split(_typed(body, _SCOPE, str)) if body.get(_SCOPE) is not None else scopes
    if not set(wanted) <= set(scopes):
        raise BadMetadata(f"scope: choose from {' '.join(scopes)}")
    return replace(base, **given, scopes=wanted)


def told(spec: ClientSpec) -> dict[str, Any]:
    """Return the registration as RFC 7591 §3.2.1 has it, without what only operators say."""
    plain = {name: getattr(spec, field) for name, (field, _) in _PLAIN.items()}
    shown = {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
    shown |= {_METHOD: spec.auth_methods[0], _SCOPE: " ".join(spec.scopes), "response_types": ["code"]}
    return {name: value for name, value in shown.items() if value is not None}


def _typed(body: Mapping[str, Any], name: str, kind: type) -> Any:
    value = body[name]
    if not isinstance(value, kind):
        raise BadMetadata(f"{name}: this is no {kind.__name__}")
    if isinstance(value, list):
        if not all(isinstance(one, str) for one in value) or len(set(value)) != len(value):
            raise BadMetadata(f"{name}: list texts, each once")
        return tuple(value)
    return value


def _check_logo(body: Mapping[str, Any]) -> None:
    """A picture is never fetched and never shown, so that nobody borrows ours; a bad address is still a mistake."""
    logo = body.get(_LOGO)
    if logo is not None and (fault := fault_of(_typed(body, _LOGO, str))):
        raise BadMetadata(f"{_LOGO}: {fault}")
