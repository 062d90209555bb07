"""What a client may be registered with: the whole truth, in sentences that begin with the field. Pure (threat 3).

Three layers: each field on its own, fields that only make sense together, and what a profile promises.
"""

import re
from collections.abc import Iterator

from identity.mfa.assurance import ACR_1
from identity.oidc.clients import jwk, policy
from identity.oidc.clients.policy import (
    CLIENT_CREDENTIALS,
    CODE,
    FAPI2,
    KEEP,
    NATIVE,
    PRIVATE_KEY_JWT,
    REFRESH,
    TOKEN_EXCHANGE,
    ClientSpec,
)
from identity.oidc.keys.life import ALGORITHMS
from identity.oidc.outbound.addresses import fault_of
from identity.oidc.redirects import registration_fault
from identity.oidc.scopes import SIGNALS_MANAGE, SIGNALS_READ, TIN, TIN_READ
from shared.i18n import Message, say

TOKEN_SECONDS = range(60, 601)  # at most ten minutes (contract)
GRANT_HOURS = range(1, 24 * 30 + 1)
GRACE_SECONDS = range(61)
_LONGEST_ADDRESS = 2000
_MOST_ADDRESSES = 50

_ID = re.compile(r"[A-Za-z0-9._-]{3,64}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,64}")  # RFC 6749 §3.3
_ACCOUNT_PREFIX = "acc_"


def at(field: str, fault: str) -> Message:
    """A sentence about a field (several, or one of its addresses), begun with it for programs; in any language."""
    return say("%(field)s: %(fault)s", field=field, fault=fault)


def faults(spec: ClientSpec, issuer: str) -> list[Message]:
    """Return every sentence that stands against registering the client; none where it may be registered.

    What is registered already is not looked at again: rules of today never switch a working client off.
    """
    rules = (
        _names,
        _choices,
        _numbers,
        _addresses,
        _grants,
        _proof,
        _keys,
        _refreshing,
        _weaker,
        _tins,
        _signals,
        _strangers,
        _profile,
        _opaque,
    )
    return [fault for rule in rules for fault in rule(spec, issuer)]


def _names(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    # RFC 9700 §4.15.1: a client must never look like a person in `sub`.
    if not _ID.fullmatch(spec.id) or spec.id.startswith(_ACCOUNT_PREFIX):
        yield at("id", say("use 3 to 64 letters, digits, '.', '_' or '-', not beginning with 'acc_'"))
    if not spec.name.strip() or len(spec.name) > 100 or not spec.name.isprintable():
        yield at("name", say("use 1 to %(longest)s printable characters", longest=100))
    for label, text, longest in (("purpose", spec.purpose, 300), ("justification", spec.justification, 500)):
        if text is not None and (not text.strip() or len(text) > longest or not text.isprintable()):
            yield at(label, say("use 1 to %(longest)s printable characters", longest=longest))


def _choices(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    for label, given, known in (
        ("profile", (spec.profile,), policy.PROFILES),
        ("grant_types", spec.grant_types, policy.GRANT_TYPES),
        ("auth_methods", spec.auth_methods, policy.AUTH_METHODS),
        ("populations", spec.populations, policy.POPULATIONS),
        ("minimum_acr", (spec.minimum_acr,), policy.ACR_VALUES),
        ("signing_alg", (spec.signing_alg,), ALGORITHMS),
        ("auth_signing_alg", (spec.auth_signing_alg,), (None, *jwk.ALGORITHMS)),
        ("access_token_format", (spec.access_token_format,), policy.TOKEN_FORMATS),
        ("refresh_rotation", (spec.refresh_rotation,), policy.ROTATIONS),
    ):
        listed = ", ".join(one for one in known if one)
        strange = (str(value) for value in given if value not in known)
        yield from (at(label, say("%(value)s is not one of %(listed)s", value=one, listed=listed)) for one in strange)
    if not spec.grant_types or not spec.auth_methods:
        yield at("grant_types, auth_methods", say("name at least one of each"))
    strange = (repr(scope) for scope in spec.scopes if not _SCOPE.fullmatch(scope))
    yield from (at("scopes", say("%(value)s is not a scope", value=scope)) for scope in strange)


def _numbers(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    for label, value, within in (
        ("access_token_seconds", spec.access_token_seconds, TOKEN_SECONDS),
        ("grant_hours", spec.grant_hours, GRANT_HOURS),
        ("refresh_grace_seconds", spec.refresh_grace_seconds, GRACE_SECONDS),
    ):
        if value not in within:
            yield at(
                label,
                say("use a whole number from %(least)s to %(most)s", least=within.start, most=within.stop - 1),
            )


def _addresses(spec: ClientSpec, issuer: str) -> Iterator[Message]:
    native = spec.profile == NATIVE
    of_browsers = (*spec.redirect_uris, *spec.post_logout_redirect_uris)
    links = tuple(link for link in (spec.client_uri, spec.policy_uri, spec.tos_uri) if link is not None)
    if len(of_browsers) > _MOST_ADDRESSES:
        yield at("redirect_uris", say("use at most %(most)s addresses", most=_MOST_ADDRESSES))
    for uri, private_use in (
        *((uri, native) for uri in of_browsers),
        *((uri, False) for uri in (*spec.audiences, *links)),
    ):
        fault = registration_fault(uri, issuer, private_use=private_use)
        if fault or len(uri) > _LONGEST_ADDRESS:
            yield at(uri[:100], fault or say("use at most %(most)s characters", most=_LONGEST_ADDRESS))
    at_home = issuer.startswith("http://")
    for label, called in (("jwks_uri", spec.jwks_uri), ("backchannel_logout_uri", spec.backchannel_logout_uri)):
        if called is not None and (fault := fault_of(called, allow_loopback=at_home)):
            yield at(label, fault)


def _grants(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    if CODE in spec.grant_types and not spec.redirect_uris and not spec.any_loopback:
        yield at("redirect_uris", say("the code flow needs at least one address"))
    if REFRESH in spec.grant_types and not spec.signs_in_people:
        yield at("grant_types", say("refresh_token belongs to authorization_code or device_code"))


def _proof(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    if not spec.public:
        return
    if len(spec.auth_methods) > 1:
        yield at("auth_methods", say("none stands alone, as anybody could choose it instead of the others"))
    if not spec.require_pkce:
        yield at("require_pkce", say("a client without secret needs it (RFC 9700 2.1.1)"))
    # Whoever knows the id of a public client is the client: it gets nothing without a person.
    for grant_type in (CLIENT_CREDENTIALS, TOKEN_EXCHANGE):
        if grant_type in spec.grant_types:
            yield at(
                "grant_types", say("%(name)s needs a client that proves who it is (RFC 6749 4.4)", name=grant_type)
            )


def _keys(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    given = [one for one in (spec.jwks, spec.jwks_uri) if one is not None]
    if PRIVATE_KEY_JWT not in spec.auth_methods:
        if given or spec.auth_signing_alg:
            yield at("jwks, jwks_uri, auth_signing_alg", say("they belong to private_key_jwt"))
        return
    if len(given) != 1:
        yield at("jwks, jwks_uri", say("private_key_jwt needs one of them, not both"))
    if spec.jwks is not None:
        yield from _written_keys(spec)


def _written_keys(spec: ClientSpec) -> Iterator[Message]:
    try:
        found = jwk.read_keys(spec.jwks)
    except ValueError as error:
        yield at("jwks", error.args[0])
        return
    wanted = spec.auth_signing_alg
    if not any(wanted is None or wanted in key.algorithms for key in found):
        named = wanted or ", ".join(jwk.ALGORITHMS)
        yield at("jwks", say("no key of it can sign with any of these: %(names)s", names=named))
    if len(found) > 1 and len({key.kid for key in found} - {None}) < len(found):
        yield at("jwks", say("several keys need a kid each"))


def _refreshing(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    if spec.refresh_rotation == KEEP and spec.public and not spec.dpop_bound:
        told = say("keep needs a client that proves who it is, or dpop_bound (RFC 9700 2.2.2)")
        yield at("refresh_rotation", told)
    if spec.refresh_rotation == KEEP and spec.refresh_grace_seconds:
        yield at("refresh_grace_seconds", say("there is nothing to wait for where tokens are kept"))


def _weaker(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    if not spec.signs_in_people or spec.justification:
        return
    for label, weaker in (
        (say("a minimum_acr of level 1"), spec.minimum_acr == ACR_1),
        (say("require_pkce switched off"), not spec.require_pkce),
        ("any_loopback", spec.any_loopback),
    ):
        if weaker:
            yield at("justification", say("say in a sentence why this client has %(what)s", what=label))


def _tins(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    # A TIN can be somebody's social security number (domain.md).
    for scope in {TIN, TIN_READ}.intersection(spec.scopes):
        if not spec.justification:
            yield at("justification", say("say in a sentence what this client needs %(scope)s for", scope=scope))
        if spec.public:
            yield at("scopes", say("%(scope)s needs a client that proves who it is", scope=scope))


def _signals(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    # A receiver is a program: a person's token never opens a stream.
    for scope in sorted({SIGNALS_MANAGE, SIGNALS_READ}.intersection(spec.scopes)):
        if CLIENT_CREDENTIALS not in spec.grant_types:
            yield at("scopes", say("%(scope)s needs client_credentials among the grant_types", scope=scope))


def _strangers(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    if not spec.first_party and spec.signs_in_people and not spec.purpose:
        told = say("say in a sentence what the app wants people's data for; they read it when they are asked")
        yield at("purpose", told)


def _opaque(spec: ClientSpec, issuer: str) -> Iterator[Message]:
    # Ours read tokens offline, so a token that says nothing would be refused there each time.
    ours = [audience for audience in spec.audiences if audience.startswith(f"{issuer}/")]
    if spec.access_token_format == policy.OPAQUE and ours:
        told = say("%(audience)s reads tokens by itself, so they must be jwt for it", audience=ours[0])
        yield at("access_token_format", told)


def _profile(spec: ClientSpec, _issuer: str) -> Iterator[Message]:
    promises = {
        policy.FIRST_PARTY: ((at("first_party", say("it is true for this profile")), spec.first_party),),
        policy.THIRD_PARTY: ((at("first_party", say("it is false for this profile")), not spec.first_party),),
        policy.NATIVE: ((at("auth_methods", say("a native client has none, as it keeps no secret")), spec.public),),
        policy.SERVICE: ((at("grant_types", say("nobody signs in through a service")), not spec.signs_in_people),),
        FAPI2: _fapi2(spec),
    }
    yield from (sentence for sentence, kept in promises.get(spec.profile, ()) if not kept)


def _fapi2(spec: ClientSpec) -> tuple[tuple[Message, bool], ...]:
    """FAPI 2.0 Security Profile §5.3.2 and §5.4, as far as a registration can keep or break it."""
    plain = [uri for uri in spec.redirect_uris if not uri.startswith("https://")]
    return (
        (at("require_par", say("FAPI 2.0 wants requests pushed")), spec.require_par),
        (at("require_pkce", say("FAPI 2.0 wants it")), spec.require_pkce),
        (at("dpop_bound", say("FAPI 2.0 wants tokens bound to a key")), spec.dpop_bound),
        (at("auth_methods", say("FAPI 2.0 wants private_key_jwt alone")), spec.auth_methods == (PRIVATE_KEY_JWT,)),
        (
            at("auth_signing_alg", say("FAPI 2.0 wants one of %(names)s", names=", ".join(jwk.FAPI_ALGORITHMS))),
            spec.auth_signing_alg in jwk.FAPI_ALGORITHMS,
        ),
        (at("signing_alg", say("FAPI 2.0 forbids RS256")), spec.signing_alg != "RS256"),
        (at("refresh_rotation", say("FAPI 2.0 wants keep")), spec.refresh_rotation == KEEP),
        (at("grant_types", say("FAPI 2.0 wants authorization_code")), CODE in spec.grant_types),
        (at("redirect_uris", say("FAPI 2.0 wants https")), not plain and not spec.any_loopback),
    )
