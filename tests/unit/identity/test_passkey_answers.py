"""What of an authenticator's answer is believed, with real keys and real signatures (threat 31)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from identity.mfa.webauthn.answers import (
    Answer,
    Fault,
    Known,
    Made,
    Proved,
    check_made,
    check_used,
    read_made,
    read_used,
)
from identity.mfa.webauthn.options import Held, Person, RelyingParty, creation_options, relying_party, request_options
from identity.mfa.webauthn.providers import name_for
from tests.support.authenticator import BE, BS, UP, UV, Authenticator

ORIGIN = "https://auth.example.com"
PARTY = RelyingParty("auth.example.com", ORIGIN, "Gatehouse")
PAT = Person("acc_pat", "PatPartner", "Pat Partner")
CHALLENGE = bytes(range(32))
CREATION = creation_options(PARTY, CHALLENGE, PAT, [])
REQUEST = request_options(PARTY, CHALLENGE)


def device(**lies: Any) -> Authenticator:
    """An authenticator at our address."""
    return Authenticator(**{"origin": ORIGIN, "rp_id": "auth.example.com", **lies})


def made(body: Any, party: RelyingParty = PARTY) -> Made | Fault:
    """Read and check a registration."""
    answer = read_made(body)
    return answer if isinstance(answer, Fault) else check_made(party, answer)


def bound(authenticator: Authenticator) -> Known:
    """The credential that this device has bound."""
    found = made(authenticator.create(CREATION))
    assert isinstance(found, Made)
    return Known(found.id, found.public_key, found.backup_eligible, PAT.handle)


def used(body: Any, known: Known, party: RelyingParty = PARTY) -> Proved | Fault:
    """Read and check a sign-in."""
    answer = read_used(body)
    return answer if isinstance(answer, Fault) else check_used(party, answer, known)


def test_what_is_asked_for_is_a_discoverable_key_that_verifies_its_person() -> None:
    """Usernameless and two factors at once: resident key and user verification are required, attestation is not."""
    held = creation_options(PARTY, CHALLENGE, PAT, [Held("AAEC", ("internal",))])
    assert held["authenticatorSelection"]["residentKey"] == "required"
    assert held["authenticatorSelection"]["userVerification"] == "required"
    assert held["attestation"] == "none"
    assert held["excludeCredentials"] == [{"id": "AAEC", "type": "public-key", "transports": ["internal"]}]
    assert {one["alg"] for one in held["pubKeyCredParams"]} == {-7, -8, -257}


def test_asking_for_a_passkey_names_nobody() -> None:
    """No list of keys is sent, so there is nothing to tell accounts apart by (threat 26)."""
    assert REQUEST.get("allowCredentials", []) == []
    assert REQUEST["userVerification"] == "required"
    assert REQUEST["rpId"] == "auth.example.com"


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://auth.example.com", "auth.example.com", "https://auth.example.com"),
        ("https://auth.example.com:443", "auth.example.com", "https://auth.example.com"),
        ("https://auth.example.com:8443", "auth.example.com", "https://auth.example.com:8443"),
        ("https://AUTH.example.com", "auth.example.com", "https://auth.example.com"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
    ],
)
def test_the_party_is_our_host_and_the_origin_what_browsers_report(address: str, host: str, origin: str) -> None:
    """Both follow from the public address alone, never from a request."""
    assert relying_party(address, "Gatehouse") == RelyingParty(host, origin, "Gatehouse")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "https://192.0.2.1", "http://[::1]", "http://auth.example.com"]
)
def test_where_browsers_have_no_passkeys_none_are_offered(address: str) -> None:
    """An IP address names no relying party, and plain http is no secure context (§5.1.2)."""
    assert relying_party(address, "Gatehouse") is None


@pytest.mark.parametrize(
    ("flags", "synced", "kept"), [(UP | UV, False, False), (UP | UV | BE, True, False), (UP | UV | BE | BS, True, True)]
)
def test_a_made_key_tells_whether_it_can_leave_its_device(flags: int, synced: bool, kept: bool) -> None:
    """Backup eligibility and state are read from the signed data."""
    found = made(device(flags=flags).create(CREATION))
    assert isinstance(found, Made)
    assert (found.backup_eligible, found.backed_up) == (synced, kept)
    assert found.transports == ("internal",)


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"origin": "https://auth.example.com.evil.example"}, "origin"),
        ({"origin": "http://auth.example.com"}, "origin"),
        ({"origin": "https://auth.example.com:444"}, "origin"),
        ({"rp_id": "example.com"}, "rp_id"),
        ({"flags": UP}, "user_verification"),
        ({"flags": UV}, "malformed"),
        ({"flags": UP | UV | BS}, "backup_state"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
        ({"client": {"topOrigin": "https://evil.example"}}, "cross_origin"),
        ({"client": {"type": "webauthn.get"}}, "ceremony_type"),
        ({"algorithm": -47}, "algorithm"),
        ({"format": "android-safetynet"}, "attestation_format"),
        ({"format": "tpm"}, "attestation_format"),
        ({"format": "packed"}, "signature"),
    ],
)
def test_a_new_key_with_a_flaw_is_not_bound(lies: dict[str, Any], reason: str) -> None:
    """Wrong origin or RP id, person not verified, our page in a frame, an algorithm or format we did not ask for."""
    assert made(device(**lies).create(CREATION)) == Fault(reason)


def test_a_used_key_is_believed_with_its_counter() -> None:
    """The signature, the person's presence and verification, and what the device counted."""
    authenticator = device(count=41)
    known = bound(authenticator)
    assert used(authenticator.get(REQUEST), known) == Proved(42, backed_up=False)


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"origin": "https://evil.example"}, "origin"),
        ({"rp_id": "evil.example"}, "rp_id"),
        ({"flags": UP}, "user_verification"),
        ({"flags": UV}, "malformed"),
        ({"flags": UP | UV | BE}, "backup_eligibility"),
        ({"flags": UP | UV | BS}, "backup_state"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
        ({"client": {"type": "webauthn.create"}}, "ceremony_type"),
    ],
)
def test_a_used_key_with_a_flaw_opens_nothing(lies: dict[str, Any], reason: str) -> None:
    """The same at every use; and a key that could not be copied does not become one that can."""
    authenticator = device()
    known = bound(authenticator)
    assert used(authenticator.copy(**lies).get(REQUEST), known) == Fault(reason)


def test_a_key_answers_for_its_own_person_only() -> None:
    """The user handle must be the owner's: another's, or none, is refused (credential of another user)."""
    authenticator = device()
    known = bound(authenticator)
    assert used(authenticator.get(REQUEST), replace(known, user_handle="acc_meg")) == Fault("user_handle")
    nobody = authenticator.get(REQUEST)
    del nobody["response"]["userHandle"]
    assert used(nobody, known) == Fault("user_handle")


def test_a_signature_of_another_key_is_refused() -> None:
    """Whoever knows a credential id still needs its key."""
    authenticator, stranger = device(), device()
    known = bound(authenticator)
    bound(stranger)
    forged = stranger.get(REQUEST)
    forged["id"] = forged["rawId"] = known.id
    assert used(forged, known) == Fault("signature")


def test_a_forged_counter_raises_no_alarm() -> None:
    """The library compares counters before signatures; a stranger could have a working key stopped. Ours waits."""
    authenticator, stranger = device(count=100), device(count=0)
    known = bound(authenticator)
    bound(stranger)
    forged = stranger.get(REQUEST)
    forged["id"] = forged["rawId"] = known.id
    assert used(forged, known) == Fault("signature")


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_nonsense_is_refused_and_never_a_fault_of_ours(body: Any) -> None:
    """Whatever JSON comes, the answer is a refusal."""
    assert read_made(body) == Fault("malformed")
    assert read_used(body) == Fault("malformed")


@settings(deadline=None)
@given(
    st.sampled_from(["clientDataJSON", "attestationObject", "rawId", "id"]),
    st.binary(max_size=200) | st.text(max_size=50),
)
def test_a_registration_with_one_part_spoilt_is_refused(part: str, rubbish: bytes | str) -> None:
    """Bytes of any kind in any place: no exception comes out, and nothing is bound."""
    body = spoilt(device().create(CREATION), part, rubbish)
    assert isinstance(made(body), Fault)


@settings(deadline=None)
@given(
    st.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle"]),
    st.binary(max_size=200) | st.text(max_size=50),
)
def test_a_sign_in_with_one_part_spoilt_is_refused(part: str, rubbish: bytes | str) -> None:
    """The same for the use of a key."""
    authenticator = device()
    known = bound(authenticator)
    assert isinstance(used(spoilt(authenticator.get(REQUEST), part, rubbish), known), Fault)


def spoilt(body: dict[str, Any], part: str, rubbish: bytes | str) -> dict[str, Any]:
    """The body with one part replaced."""
    text = bytes_to_base64url(rubbish) if isinstance(rubbish, bytes) else rubbish
    place = body if part in body else body["response"]
    place[part] = text
    return body


@pytest.mark.parametrize("challenge", ["\ud800", "\x00", "AA==", "%%%", 7, None, ["x"], {}])
def test_odd_challenges_never_reach_a_store(challenge: object) -> None:
    """Half characters, NUL and other types are refused or written anew as plain base64url."""
    body = device(client={"challenge": challenge}).create(CREATION)
    answer = read_made(body)
    assert isinstance(answer, Fault) or (isinstance(answer, Answer) and answer.challenge.isascii())


def test_deep_nesting_is_refused() -> None:
    """A parser that gives up is a refusal, too."""
    body = device().create(CREATION)
    body["response"]["clientDataJSON"] = bytes_to_base64url(b"[" * 20_000)
    assert read_made(body) == Fault("malformed")


def test_a_credential_id_is_as_long_as_the_standard_allows() -> None:
    """1023 bytes (§4), checked before anything is looked up by it."""
    body = device().create(CREATION)
    body["id"] = body["rawId"] = bytes_to_base64url(bytes(1024))
    assert read_made(body) == Fault("malformed")


def test_makers_that_people_know_give_the_first_name() -> None:
    """The AAGUID is a claim: it decides a name, and an unknown one decides nothing."""
    assert name_for("EA9B8D66-4D01-1D21-3CE4-B6B48CB575D4") == "Google Password Manager"
    assert name_for("00000000-0000-0000-0000-000000000000") is None


def test_the_challenge_is_the_one_that_was_given() -> None:
    """It is read back byte for byte, as the store of challenges knows it (ASVS 6.7.2)."""
    answer = read_used(device(keys=device_keys()).get(REQUEST))
    assert isinstance(answer, Answer)
    assert base64url_to_bytes(answer.challenge) == CHALLENGE
    assert json.loads(answer.sent.response.client_data_json)["challenge"] == answer.challenge


def device_keys() -> list[Any]:
    """A key made at our address."""
    authenticator = device()
    authenticator.create(CREATION)
    return authenticator.keys
