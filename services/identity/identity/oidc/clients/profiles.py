"""Profiles: what an operator chooses by one word, instead of by thirty. Pure.

A profile fills in what is not said; whatever is said counts, within what `registrable` lets through. Two of them also
promise something: a `native` client stays public, and a `fapi2` client keeps the whole FAPI 2.0 Security Profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import (
    CERTIFICATION,
    CLIENT_CREDENTIALS,
    CODE,
    FAPI2,
    FIRST_PARTY,
    KEEP,
    NATIVE,
    NONE,
    PRIVATE_KEY_JWT,
    REFRESH,
    SERVICE,
    THIRD_PARTY,
    ClientSpec,
)


@dataclass(frozen=True)
class Profile:
    """`meant_for` is a sentence for the operator; `sets` are fields of ClientSpec, where they differ from its own."""

    meant_for: str
    sets: Mapping[str, Any] = field(default_factory=dict)


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        FIRST_PARTY: Profile("A portal of our own, with a server that keeps its secret. People are not asked."),
        THIRD_PARTY: Profile(
            "An app of somebody else, with a server that keeps its secret. People are asked, and may withdraw.",
            {"first_party": False},
        ),
        NATIVE: Profile(
            "An app on a phone or a computer. It keeps no secret; PKCE and rotation stand in for it (RFC 8252).",
            # A phone that loses its connection asks again: within these seconds that is no theft.
            {"auth_methods": (NONE,), "refresh_grace_seconds": 10},
        ),
        SERVICE: Profile(
            "A program that asks for tokens of its own. Nobody signs in through it.",
            {"grant_types": (CLIENT_CREDENTIALS,)},
        ),
        FAPI2: Profile(
            "An app that moves what must not leak: pushed requests, signed assertions, tokens bound to a key.",
            {
                "grant_types": (CODE, REFRESH),
                "require_par": True,
                "dpop_bound": True,
                "auth_methods": (PRIVATE_KEY_JWT,),
                "auth_signing_alg": "ES256",
                "refresh_rotation": KEEP,  # FAPI 2.0 Security Profile §5.3.2.1: bound tokens are not rotated
            },
        ),
        CERTIFICATION: Profile(
            "The OpenID Foundation's test suite, or an app that is tried with it. Never people's data.",
            {
                "minimum_acr": ACR_1,
                "require_pkce": False,
                "justification": "The certification plans send requests without PKCE and sign in with a password.",
            },
        ),
    }
)


def with_profile(name: str, /, **given: Any) -> ClientSpec:
    """Return what `given` says of a client, the rest set by the profile. Raises KeyError for a name that is none."""
    return ClientSpec(**{"profile": name, **PROFILES[name].sets, **given})
