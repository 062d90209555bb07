"""What identity can be told by its operator, on top of what every service knows (`shared.config`)."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from shared.config import Settings


class IdentitySettings(Settings):
    """The settings of identity. Defaults follow NIST SP 800-63B-4; see docs/configuration.md."""

    hash_memory_kib: int = Field(19456, ge=8, description="Memory of one password hash (Argon2id), in KiB.")
    hash_passes: int = Field(2, ge=1, description="Passes of one password hash (Argon2id).")
    hash_slots: int = Field(
        0, ge=0, le=64, description="Password hashes computed at once by one process; 0 means one for each core."
    )
    hash_queue: int = Field(
        32, ge=1, description="Sign-ins that may wait for a free hash slot before the next is told to come back."
    )
    password_pepper: SecretStr = Field(
        SecretStr(""),
        description="At least 32 characters, kept apart from the database: a key mixed into every password before it "
        "is hashed. Several, separated by spaces: the first makes, all check. Empty: none.",
    )
    breach_file: str = Field(
        "",
        description="Path of a list of stolen passwords that nobody may choose: SHA-1 in upper-case hexadecimal, one a "
        "line, sorted, of any size. Empty: none.",
    )
    place_file: str = Field(
        "", description="Path of a MaxMind DB file with cities or countries of addresses. Empty: places are not known."
    )
    network_file: str = Field(
        "", description="Path of a MaxMind DB file with networks (ASN) of addresses. Empty: blocks of addresses serve."
    )
    session_hours: int = Field(
        12, ge=1, le=24, description="Longest life of a sign-in, however busy (SP 800-63B-4 §2.2.3: at most 24)."
    )
    session_idle_minutes: int = Field(
        60, ge=5, le=60, description="A sign-in ends after this long without use (SP 800-63B-4 §2.2.3: at most 60)."
    )
    signal_subjects: Literal["ALL", "NONE"] = Field(
        "ALL",
        description="Whom a new stream of shared signals is about: everybody, or those whom its receiver adds.",
    )
    activation_days: int = Field(3, ge=1, le=30, description="How long the link works that opens an account.")

    @field_validator("password_pepper")
    @classmethod
    def _is_long_enough_or_none(cls, value: SecretStr) -> SecretStr:
        if any(len(key) < 32 for key in value.get_secret_value().split()):
            raise ValueError("each key must have at least 32 characters")
        return value

    @property
    def pepper_keys(self) -> list[bytes]:
        """The keys of `password_pepper`, the making one first."""
        return [key.encode() for key in self.password_pepper.get_secret_value().split()]

    @property
    def session_life(self) -> timedelta:
        """The longest life of a sign-in."""
        return timedelta(hours=self.session_hours)

    @property
    def session_idle(self) -> timedelta:
        """How long a sign-in survives without use."""
        return timedelta(minutes=self.session_idle_minutes)
