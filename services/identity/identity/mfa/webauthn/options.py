"""Who we are to authenticators, and what we ask of them (WebAuthn Level 3 §5.4, §5.5). Pure."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import generate_authentication_options, generate_registration_options
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticatorAttachment,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

TIMEOUT = 300_000  # milliseconds that a browser may wait for the person; generous, as WCAG 2.2.1 wants it
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class RelyingParty:
    """Who we are to authenticators: `id` is our host, `origin` exactly what browsers must report, `name` is shown."""

    id: str
    origin: str
    name: str


@dataclass(frozen=True)
class Person:
    """Whom a key is made for. `handle` is opaque (§14.6.1: nothing personal); the other two are shown by the device."""

    handle: str
    user_id: str
    display_name: str


@dataclass(frozen=True)
class Held:
    """A credential that somebody already has: its id (base64url) and how their browser reaches it."""

    id: str
    transports: tuple[str, ...] = ()


def relying_party(public_url: str, name: str) -> RelyingParty | None:
    """Return who we are at this origin, or None where browsers offer no passkeys: no https, or no name (§5.1.2)."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_number(host) or not (parts.scheme == "https" or local):
        return None
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}", name)


def creation_options(
    party: RelyingParty, challenge: bytes, person: Person, held: Sequence[Held], *, elsewhere: bool = False
) -> dict[str, Any]:
    """Return PublicKeyCredentialCreationOptionsJSON for a discoverable key that verifies its person.

    `held`: keys the person has here, so that no device makes a second one; `elsewhere`: not in this computer itself.
    """
    selection = AuthenticatorSelectionCriteria(
        authenticator_attachment=AuthenticatorAttachment.CROSS_PLATFORM if elsewhere else None,
        resident_key=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=person.handle.encode(),
        user_name=person.user_id,
        user_display_name=person.display_name,
        challenge=challenge,
        timeout=TIMEOUT,
        authenticator_selection=selection,
        exclude_credentials=[_descriptor(one) for one in held],
        supported_pub_key_algs=ALGORITHMS,
    )
    return options_to_json_dict(options)


def request_options(party: RelyingParty, challenge: bytes) -> dict[str, Any]:
    """Return PublicKeyCredentialRequestOptionsJSON for whoever comes: no list of keys, nothing to probe (threat 26)."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def _descriptor(held: Held) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(one) for one in held.transports]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(held.id), transports=transports)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
