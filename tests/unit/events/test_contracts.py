"""Contracts: each says exactly what travels, and none lets a secret through."""

import re

import pytest
from marshmallow import fields, validates_schema

from shared.contracts import CONTRACTS, ContractError, EventContract, Payload
from shared.contracts.fields import Flag, Whole
from shared.contracts.registry import by_type
from shared.contracts.secrecy import find_secret, is_secret_name

SERVICES = {"identity", "registration", "access-manager", "availability"}
ENDED = CONTRACTS["session.ended"]
DATA = {"session_id": "ses_1", "account_id": "acc_1", "reason": "signed_out"}


def check(data: object, version: int = 1, source: str = "identity") -> None:
    """Check against the contract of session.ended."""
    ENDED.check(source=source, version=version, data=data)  # type: ignore[arg-type]


def test_a_payload_as_agreed_passes() -> None:
    """Optional fields may be given or left out."""
    check(DATA)
    check({**DATA, "ended_at": "2026-11-23T10:00:00.5Z"})


def test_a_payload_is_as_sound_as_its_fields() -> None:
    """A rule over several fields would be passed over by the quick look that most events get: nobody declares one."""

    class Whole(Payload):
        @validates_schema
        def _agree(self, data: object, **_options: object) -> None:
            """Whatever it says."""

    with pytest.raises(TypeError, match="as a whole"):
        EventContract("session.mended", "identity", Whole, "x", "session")


@pytest.mark.parametrize(
    "change",
    [
        {"surplus": 1},
        {"reason": None},
        {"reason": 5},
        {"reason": ""},
        {"reason": "a\x00b"},
        {"reason": "x" * 101},
        {"account_id": ["acc_1"]},
        {"ended_at": "2026-11-23T10:00:00+00:00"},
        {"ended_at": "2026-11-23 10:00:00Z"},
        {"ended_at": "２０２６-11-23T10:00:00Z"},
    ],
)
def test_anything_else_is_refused_by_name(change: dict[str, object]) -> None:
    """The message names the field and never repeats the value."""
    with pytest.raises(ContractError) as refusal:
        check({**DATA, **change})
    assert next(iter(change)) in str(refusal.value)
    assert "xxx" not in str(refusal.value)


def test_a_missing_field_a_wrong_sender_and_an_unknown_version_are_refused() -> None:
    """All three are breaches of the contract."""
    with pytest.raises(ContractError, match="reason"):
        check({"session_id": "ses_1", "account_id": "acc_1"})
    with pytest.raises(ContractError, match="sent by identity only"):
        check(DATA, source="registration")
    with pytest.raises(ContractError, match="version"):
        check(DATA, version=2)


@pytest.mark.parametrize("text", ["123456789", "12-3456789", "123-45-6789"])
def test_the_form_of_a_tin_is_refused_whatever_its_field(text: str) -> None:
    """A TIN can be somebody's SSN: no field carries one by accident."""
    with pytest.raises(ContractError, match="TIN"):
        check({**DATA, "reason": text})


@pytest.mark.parametrize(
    "name", ["password", "totp_secret", "verification_code", "tin", "tin_index", "access_token", "otp", "SSN"]
)
def test_no_payload_can_declare_a_secret(name: str) -> None:
    """The program does not start with a contract that names a secret."""
    leaky = type("Leaky", (Payload,), {name: fields.String()})
    around = type("Around", (Payload,), {"several": fields.List(fields.Nested(leaky))})
    for schema in (leaky, around):
        with pytest.raises(TypeError, match="no event carries secrets"):
            EventContract("thing.happened", "identity", schema, "A thing happened.", "thing id")


@pytest.mark.parametrize("name", ["tin_last4", "reason_code", "postal_code", "encoded", "spinning"])
def test_harmless_names_stay_usable(name: str) -> None:
    """Only whole words count, and the masked TIN is meant to be seen."""
    assert not is_secret_name(name)


def test_secrets_are_found_deep_inside_a_value() -> None:
    """The path is named, the value is not."""
    assert find_secret({"a": [{"b": {"password": "x"}}]}) == "a[0].b.password"
    assert find_secret({"a": ["12-3456789"]}) == "a[0]"
    assert find_secret({"a": [{"tin_last4": "6789"}], "n": 5}) is None


@pytest.mark.parametrize(
    ("field", "value"), [(Whole(), "7"), (Whole(), 7.0), (Whole(), True), (Flag(), "yes"), (Flag(), 1)]
)
def test_nothing_is_coerced(field: fields.Field[object], value: object) -> None:
    """Seven in quotes is not seven."""
    schema = type("Strict", (Payload,), {"value": field})
    assert schema().validate({"value": value})


def test_two_contracts_cannot_share_a_type() -> None:
    """The registry refuses instead of picking one."""
    with pytest.raises(ValueError, match="agreed twice"):
        by_type((ENDED,), (ENDED,))


@pytest.mark.parametrize("kind", sorted(CONTRACTS))
def test_every_contract_is_complete(kind: str) -> None:
    """Type, sender, listeners, summary and subject are said, and an empty payload is refused."""
    contract = CONTRACTS[kind]
    assert re.fullmatch(r"[a-z]+\.[a-z]+", kind)
    assert contract.sender in SERVICES
    assert set(contract.listeners) <= SERVICES
    assert contract.summary.endswith(".")
    assert contract.subject
    with pytest.raises(ContractError):
        contract.check(source=contract.sender, version=contract.version, data={})
