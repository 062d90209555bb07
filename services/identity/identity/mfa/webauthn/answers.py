"""What of an authenticator's answer we believe (WebAuthn Level 3 §7.1, §7.2). Pure.

The library checks type, challenge, origin, RP id, presence, verification and signature. On top of it, ours: no
cross-origin frames, only two attestation formats, the user handle, an unchanging backup eligibility. Its counter check
stays off, because it runs before the signature is checked: whoever knows a credential id could then raise a false alarm
of a copied key. `passkeys` compares counters afterwards.
"""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import verify_authentication_response as verify_assertion
from webauthn import verify_registration_response as verify_attestation
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticationCredential, CredentialDeviceType, RegistrationCredential

from identity.mfa.webauthn.options import ALGORITHMS, RelyingParty

LONGEST_ID = 1023  # bytes of a credential id (§4)
# With conveyance "none" a client sends these two only (§5.1.3); the others are parsers that strangers need not reach.
_FORMATS = frozenset({"none", "packed"})
# Whatever parsers of foreign bytes raise: cbor2, struct, base64, json and cryptography speak in these.
_UNREADABLE = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    OverflowError,
)


@dataclass(frozen=True)
class Known:
    """A credential that we hold: base64url id, COSE key, and what it said of itself when it was made."""

    id: str
    public_key: bytes
    backup_eligible: bool
    user_handle: str


@dataclass(frozen=True)
class Made:
    """A new credential that an authenticator has made. `aaguid` names the maker, unproved: good for a name only."""

    id: str
    public_key: bytes
    sign_count: int
    backup_eligible: bool
    backed_up: bool
    aaguid: str
    transports: tuple[str, ...]


@dataclass(frozen=True)
class Proved:
    """A credential was used, its person verified. `sign_count` is the authenticator's, not yet compared with ours."""

    sign_count: int
    backed_up: bool


@dataclass(frozen=True)
class Fault:
    """Why an answer is not believed: a word for the audit, never text that came in."""

    reason: str


@dataclass(frozen=True)
class Answer:
    """What an answer says before anything of it is believed: which credential, to which challenge (both base64url)."""

    credential_id: str
    challenge: str
    sent: RegistrationCredential | AuthenticationCredential
    client: dict[str, Any]


def read_made(body: Any) -> Answer | Fault:
    """Read RegistrationResponseJSON (§5.1); nothing of it is believed yet."""
    try:
        return _answer(parse_registration_credential_json(body))
    except _UNREADABLE:
        return Fault("malformed")


def read_used(body: Any) -> Answer | Fault:
    """Read AuthenticationResponseJSON (§5.1); nothing of it is believed yet."""
    try:
        return _answer(parse_authentication_credential_json(body))
    except _UNREADABLE:
        return Fault("malformed")


def check_made(party: RelyingParty, answer: Answer) -> Made | Fault:
    """Return the new credential, or why it is not bound (§7.1). The caller has used up the challenge."""
    fault = _foreign(party, answer)
    if fault is not None:
        return fault
    try:
        return _made(party, answer)
    except _UNREADABLE as error:
        return Fault(_word_for(error))


def check_used(party: RelyingParty, answer: Answer, known: Known) -> Proved | Fault:
    """Return what was proved with the known credential, or why not (§7.2). The caller has used up the challenge."""
    fault = _foreign(party, answer) or _other_person(answer, known)
    if fault is not None:
        return fault
    try:
        found = verify_assertion(
            credential=answer.sent,  # type: ignore[arg-type]
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        return Fault(_word_for(error))
    if (found.credential_device_type is CredentialDeviceType.MULTI_DEVICE) is not known.backup_eligible:
        return Fault("backup_eligibility")
    return Proved(found.new_sign_count, found.credential_backed_up)


def _answer(sent: RegistrationCredential | AuthenticationCredential) -> Answer | Fault:
    """Read what the checks begin with. Ids and challenges are written anew, so that no odd text reaches a store."""
    client = json.loads(sent.response.client_data_json)
    challenge = bytes_to_base64url(base64url_to_bytes(client["challenge"]))
    if not isinstance(client["origin"], str) or not 0 < len(sent.raw_id) <= LONGEST_ID:
        return Fault("malformed")
    return Answer(bytes_to_base64url(sent.raw_id), challenge, sent, client)


def _foreign(party: RelyingParty, answer: Answer) -> Fault | None:
    """Another origin, or our page inside somebody's frame, which our headers forbid and browsers report."""
    if answer.client["origin"] != party.origin:
        return Fault("origin")
    if answer.client.get("crossOrigin") or "topOrigin" in answer.client:
        return Fault("cross_origin")
    return None


def _other_person(answer: Answer, known: Known) -> Fault | None:
    handle = getattr(answer.sent.response, "user_handle", None)
    return None if handle == known.user_handle.encode() else Fault("user_handle")


def _made(party: RelyingParty, answer: Answer) -> Made | Fault:
    sent = answer.sent
    if parse_attestation_object(sent.response.attestation_object).fmt not in _FORMATS:  # type: ignore[union-attr]
        return Fault("attestation_format")
    found = verify_attestation(
        credential=sent,  # type: ignore[arg-type]
        expected_challenge=base64url_to_bytes(answer.challenge),
        expected_rp_id=party.id,
        expected_origin=party.origin,
        require_user_verification=True,
        supported_pub_key_algs=ALGORITHMS,
    )
    if found.credential_id != sent.raw_id:
        return Fault("credential_id")
    return Made(
        id=answer.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        backup_eligible=found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        backed_up=found.credential_backed_up,
        aaguid=found.aaguid,
        transports=tuple(one.value for one in sent.response.transports or ()),  # type: ignore[union-attr]
    )


def _word_for(error: Exception) -> str:
    """Turn the library's sentence into one of ours: theirs may quote what came in."""
    said = str(error).lower()
    words = {
        "user verification": "user_verification",
        "rp id": "rp_id",
        "signature": "signature",
        "client data type": "ceremony_type",
        "alg": "algorithm",
        "backed up": "backup_state",
    }
    return next((word for phrase, word in words.items() if phrase in said), "malformed")
